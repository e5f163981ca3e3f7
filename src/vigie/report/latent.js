(() => {
  'use strict';
  const source = document.getElementById('map-data');
  if (!source) return;
  const {kinds, points, spaces} = JSON.parse(source.textContent);
  const plot = document.querySelector('.scatter');
  const card = document.getElementById('map-card');
  const choice = {space: document.getElementById('map-space'), x: document.getElementById('map-x'),
                  y: document.getElementById('map-y')};
  const width = 820, height = 520, left = 14, right = width - 14, top = 14, bottom = height - 30;
  const reach = 18;  // of the pointer, in units of the picture
  const hidden = new Set();
  let places = [];    // where each point is drawn; null when it is hidden
  let pinned = null;  // index of the point that stays
  let shown = null;

  const element = (name, attributes, parent) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent?.append(made);
    return made;
  };

  // The whole range with a little room; hidden kinds keep their room, so that points do not jump.
  const scale = (values, from, to) => {
    const low = Math.min(...values), high = Math.max(...values);
    return value => high > low ? from + (value - low) / (high - low) * (to - from) : (from + to) / 2;
  };

  const draw_point = (i, [x, y]) => {
    const {tone} = kinds[points[i].kind];
    const attributes = {class: `point ${tone}`, 'data-point': i};
    if (points[i].kind > 1) {
      element('path', {...attributes, d: `M${x} ${y - 6}l6 6-6 6-6-6z`}, plot);
    } else {
      if (points[i].kind === 0) attributes.class += ' learnt';
      element('circle', {...attributes, cx: x, cy: y, r: points[i].kind === 0 ? 3.5 : 5}, plot);
    }
  };

  const draw = () => {
    const {places: numbers} = spaces[choice.space.value];
    const column = axis => points.map((_, i) => numbers[3 * i + Number(axis.value)]);
    const xs = column(choice.x), ys = column(choice.y);
    const across = scale(xs, left + 10, right - 10), up = scale(ys, bottom - 10, top + 10);
    places = points.map((point, i) => hidden.has(point.kind) ? null : [across(xs[i]), up(ys[i])]);
    plot.replaceChildren();
    element('rect', {class: 'frame', x: left, y: top, width: right - left, height: bottom - top, rx: 6}, plot);
    const label = (x, y, text, turned) => {
      const made = element('text', {x, y, class: 'label', 'text-anchor': 'middle'}, plot);
      if (turned) made.setAttribute('transform', `rotate(-90 ${x} ${y})`);
      made.textContent = text;
    };
    label((left + right) / 2, height - 8, choice.x.selectedOptions[0].text);
    label(left + 18, (top + bottom) / 2, choice.y.selectedOptions[0].text, true);
    const order = points.map((_, i) => i).filter(i => places[i]);
    order.sort((a, b) => (points[a].kind === 0 ? 0 : 1) - (points[b].kind === 0 ? 0 : 1));
    for (const i of order) draw_point(i, places[i]);
    element('circle', {class: 'ring', r: 11, visibility: 'hidden'}, plot);
    mark(pinned !== null && places[pinned] ? pinned : null);
  };

  // Rings the point and shows its image.
  const mark = i => {
    shown = i;
    const ring = plot.querySelector('.ring');
    ring.setAttribute('visibility', i === null ? 'hidden' : 'visible');
    if (i === null) return;
    ring.setAttribute('cx', places[i][0]);
    ring.setAttribute('cy', places[i][1]);
    if (card.dataset.point === String(i)) return;
    card.dataset.point = i;
    const {image, kind, picture} = points[i];
    const figure = document.createElement('figure');
    const img = Object.assign(document.createElement('img'), {src: picture, alt: ''});
    const caption = document.createElement('figcaption');
    const type = Object.assign(document.createElement('span'), {className: `kind ${kinds[kind].tone}`});
    type.append(document.createElement('i'), kinds[kind].name);
    caption.append(type, Object.assign(document.createElement('span'), {className: 'file', textContent: image}));
    figure.append(img, caption);
    card.replaceChildren(figure);
  };

  const nearest = (x, y, within) => {
    let best = null, least = within * within;
    places.forEach((place, i) => {
      if (!place) return;
      const distance = (place[0] - x) ** 2 + (place[1] - y) ** 2;
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  };
  const under = event => {
    const box = plot.getBoundingClientRect();
    return nearest((event.clientX - box.left) * width / box.width, (event.clientY - box.top) * height / box.height, reach);
  };

  // The nearest point in the direction of an arrow key; straight ahead counts more than aside.
  const step = ([dx, dy]) => {
    if (shown === null) return nearest(width / 2, height / 2, Infinity);
    const [x, y] = places[shown];
    let best = shown, least = Infinity;
    places.forEach((place, i) => {
      if (!place || i === shown) return;
      const ahead = (place[0] - x) * dx + (place[1] - y) * dy;
      const aside = Math.abs((place[0] - x) * dy) + Math.abs((place[1] - y) * dx);
      const cost = ahead + 2 * aside;
      if (ahead > 0 && cost < least) [best, least] = [i, cost];
    });
    return best;
  };

  plot.addEventListener('pointermove', event => {
    const found = under(event);
    plot.classList.toggle('over', found !== null);
    if (found !== null) mark(found); else mark(pinned !== null && places[pinned] ? pinned : null);
  });
  plot.addEventListener('pointerleave', () => mark(pinned !== null && places[pinned] ? pinned : null));
  plot.addEventListener('click', event => { pinned = under(event); mark(pinned); });
  plot.addEventListener('keydown', event => {
    const direction = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1]}[event.key];
    if (!direction) return;
    event.preventDefault();
    pinned = step(direction);
    mark(pinned);
  });
  for (const select of Object.values(choice)) select.addEventListener('change', draw);
  for (const chip of document.querySelectorAll('.kinds .chip')) {
    chip.addEventListener('click', () => {
      const kind = Number(chip.dataset.kind);
      if (!hidden.delete(kind)) hidden.add(kind);
      chip.setAttribute('aria-pressed', String(!hidden.has(kind)));
      draw();
    });
  }
  draw();
})();
