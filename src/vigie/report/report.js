(() => {
  'use strict';
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Tables sort by the clicked column; numbers by data-value where the text is rounded.
  const key = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return text === '' || isNaN(text) ? text : Number(text);
  };
  const compare = (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    if (typeof a !== typeof b) return typeof a === 'number' ? 1 : -1;
    return a.localeCompare(b, undefined, {numeric: true});
  };
  for (const table of all('table.sortable')) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.tabIndex = 0;
      const sort = () => {
        const falls = head.classList.contains('number');
        const next = head.ariaSort === (falls ? 'descending' : 'ascending') ? !falls : falls;
        heads.forEach(other => other.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', next ? 'descending' : 'ascending');
        for (const body of table.tBodies) {
          const rows = [...body.rows].sort((a, b) => (next ? -1 : 1) * compare(key(a, column), key(b, column)));
          body.append(...rows);
        }
      };
      head.addEventListener('click', sort);
      head.addEventListener('keydown', event => { if (event.key === 'Enter') sort(); });
    });
  }

  const gallery = document.querySelector('.gallery');
  if (!gallery) return;
  const cards = all('.card', gallery);
  const filters = document.querySelector('.filters');
  const wanted = {verdict: 'all', type: 'all', bin: null};
  filters.hidden = false;

  const fits = ({outcome, defect, bin}) =>
    (wanted.verdict === 'all' || wanted.verdict === outcome ||
      (wanted.verdict === 'mistakes' && (outcome === 'missed' || outcome === 'false-alarm'))) &&
    (wanted.type === 'all' || wanted.type === defect) && (wanted.bin === null || wanted.bin === bin);

  const apply = () => {
    let shown = 0;
    for (const card of cards) {
      card.hidden = !fits(card.dataset);
      shown += card.hidden ? 0 : 1;
    }
    for (const chip of all('.chip[data-verdict], .chip[data-type]')) {
      const pressed = chip.dataset.verdict ? chip.dataset.verdict === wanted.verdict : chip.dataset.type === wanted.type;
      chip.setAttribute('aria-pressed', pressed);
    }
    for (const bin of all('.bin')) bin.classList.toggle('active', bin.dataset.bin === wanted.bin);
    const status = filters.querySelector('.status');
    status.hidden = shown === cards.length;
    status.querySelector('output').textContent = `${shown} of ${cards.length} cards` +
      (wanted.bin === null ? '' : ', one bar of the histogram');
  };
  const show = change => {
    Object.assign(wanted, {verdict: 'all', type: 'all', bin: null}, change);
    apply();
    document.getElementById('gallery').scrollIntoView();
  };

  for (const chip of all('.chip[data-verdict], .chip[data-type]')) {
    chip.addEventListener('click', () => {
      if (chip.dataset.verdict) wanted.verdict = chip.dataset.verdict; else wanted.type = chip.dataset.type;
      wanted.bin = null;
      apply();
    });
  }
  filters.querySelector('[data-clear]').addEventListener('click', () => show({}));
  for (const cell of all('.cell')) cell.addEventListener('click', () => show({verdict: cell.dataset.verdict}));
  for (const bin of all('.bin')) {
    bin.addEventListener('click', () => show({bin: bin.dataset.bin}));
    bin.addEventListener('keydown', event => { if (event.key === 'Enter') show({bin: bin.dataset.bin}); });
  }

  // A card opens in the viewer; left and right walk over what the filters leave.
  const viewer = document.querySelector('.viewer');
  let current = null;
  const open = card => {
    current = card;
    const copy = card.cloneNode(true);
    copy.removeAttribute('tabindex');
    viewer.querySelector('.content').replaceChildren(copy);
    if (!viewer.open) viewer.showModal();
  };
  for (const card of cards) {
    card.addEventListener('click', () => open(card));
    card.addEventListener('keydown', event => { if (event.key === 'Enter') open(card); });
  }
  viewer.addEventListener('click', event => { if (event.target === viewer) viewer.close(); });
  viewer.addEventListener('close', () => current?.focus());
  viewer.addEventListener('keydown', event => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    const visible = cards.filter(card => !card.hidden);
    open(visible[(visible.indexOf(current) + step + visible.length) % visible.length]);
  });
  apply();
})();
