#!/usr/bin/env python3
"""What vigie_thresholds measured, as the table and the plot of docs/thresholds.md.

usage: table.py runs.jsonl [plot.png [rate]]   the table at the default wanted rate, or at another that the runs hold
                                               needs Debian's python3-numpy, python3-scipy; for the plot python3-matplotlib
"""
import json
import sys
from collections import defaultdict

import numpy as np
from scipy.stats import beta, binom


def f1(good, bad, threshold):
    found, rejected = np.sum(bad >= threshold), np.sum(good >= threshold)
    return 2 * found / max(1, found + rejected + len(bad))


def auroc(good, bad):
    order = np.sort(good)
    below, at_most = np.searchsorted(order, bad, 'left'), np.searchsorted(order, bad, 'right')
    return np.mean((below + at_most) / 2) / len(good)


class Side:
    """One threshold on the test parts of a run."""

    def __init__(self, scores, defective, threshold):
        scores, defective = np.array(scores), np.array(defective) > 0
        good, bad = scores[~defective], scores[defective]
        oracle = max(f1(good, bad, t) for t in np.unique(scores))
        self.auroc, self.ratio = auroc(good, bad), f1(good, bad, threshold) / oracle
        self.rejected, self.good = int(np.sum(good >= threshold)), len(good)


class Run:
    def __init__(self, line, rate=None):
        self.line = line
        if rate:
            line['threshold'] = line['thresholds'][rate]
        self.key = (line['product'], line['backbone'], line['detector'], line['n'])
        self.product, self.n = line['product'], line['n'] if line['n'] in (20, 40, 80) else 'all'
        self.new = Side(line['test'], line['defective'], line['threshold'])
        self.old = Side(line['previous_test'], line['defective'], line['previous_threshold']) if line['previous_test'] else None
        self.thresholds = line['threshold'], line['previous_threshold']
        parts, above = len(line['honest']), int(np.sum(np.array(line['honest']) >= line['threshold']))
        self.bound = beta.ppf(.95, above + 1, parts - above)

    def compatible(self):
        """Whether so many rejects among so few good test parts happen at the stated bound in 5 % of all samples."""
        return binom.sf(self.new.rejected - 1, self.new.good, self.bound) > .05


def ratios(sides):
    values = np.array([side.ratio for side in sides if side.auroc >= .95])
    if len(values) == 0:
        return '0 | – | – | – | –'
    return (f'{len(values)} | {np.median(values):.3f} | {np.quantile(values, .05):.3f} | {values.min():.3f} | '
            f'{int(np.sum(values == 0))}')


def spread_ratio(runs):
    """Median over settings of: spread of the threshold over the draws, now by before."""
    groups = defaultdict(list)
    for run in runs:
        groups[run.key].append(run.thresholds)
    values = [np.std([t[0] for t in g]) / np.std([t[1] for t in g]) for g in groups.values() if len(g) >= 3]
    return np.median(values) if values else float('nan')


def row(name, runs):
    new, old = [run.new for run in runs], [run.old for run in runs if run.old]
    rejects = np.mean([side.rejected / side.good for side in new])
    strict = np.mean([run.new.rejected / run.new.good <= run.bound for run in runs])
    print(f'| {name} | {len(runs)} | {ratios(new)} | {rejects:.3f} | {np.mean([run.bound for run in runs]):.3f} | '
          f'{np.mean([run.compatible() for run in runs]):.3f} | {strict:.3f} | {spread_ratio(runs):.2f} |')
    if old:
        print(f'| {name}, before | {len(old)} | {ratios(old)} | '
              f'{np.mean([side.rejected / side.good for side in old]):.3f} | – | – | – | 1 |')


PLOTTED_RATES = '0.01', '0.05'


def plot(runs, path):
    import matplotlib
    matplotlib.use('Agg')
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.4), sharey=True)
    for axis, rate in zip(axes, PLOTTED_RATES):
        at_rate = [Run(dict(run.line), rate) for run in runs]
        for x, n in enumerate((20, 40, 80, 'all')):
            values = [run.new.ratio for run in at_rate if run.n == n and run.new.auroc >= .95]
            axis.scatter(x + np.linspace(-.3, .3, len(values)), values, s=9, alpha=.6, color='#2b6cb0')
        axis.set_xticks(range(4), ['20', '40', '80', 'all'])
        axis.set_xlabel('good photographs')
        axis.set_title(f'wanted false-reject rate {100 * float(rate):.0f} %', fontsize=10)
        axis.grid(axis='y', alpha=.3)
    axes[0].set_ylabel('F1 at the threshold / best F1')
    figure.tight_layout()
    figure.savefig(path, dpi=130)


def main():
    with open(sys.argv[1]) as file:
        runs = [Run(json.loads(line), *sys.argv[3:4]) for line in file]
    print('| runs | | AUROC >= .95 | median F1 / best F1 | 5 % quantile | least | zero | good parts rejected | stated bound '
          '| compatible with it | share at most the bound | spread of the threshold, now / before |')
    print('|---|' + '---:|' * 11)
    for product in sorted({run.product for run in runs}):
        for n in (20, 40, 80, 'all'):
            chosen = [run for run in runs if run.product == product and run.n == n]
            if chosen:
                row(f'{product}, {n}', chosen)
    row('all', runs)
    if len(sys.argv) > 2:
        plot(runs, sys.argv[2])


if __name__ == '__main__':
    main()
