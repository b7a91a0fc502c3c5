(function () {
  'use strict';
  const root = document.documentElement;
  const one = (selector, within) => (within || document).querySelector(selector);
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const island = (id, fallback) => {
    const element = one('#' + id);
    return element ? JSON.parse(element.textContent) : fallback;
  };
  const on = (target, type, listener, options) => target.addEventListener(type, listener, options);
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties || {});
    element.append(...children);
    return element;
  };
  const textOf = (element) => { // without the marks of notes
    const copy = element.cloneNode(true);
    all('sup', copy).forEach((mark) => mark.remove());
    return copy.textContent.trim();
  };
  const remember = (key, value) => {
    try { localStorage.setItem(key, value); } catch (error) { /* no storage: for this page only */ }
  };
  const recalled = (key) => {
    try { return localStorage.getItem(key); } catch (error) { return null; }
  };

  /* Switches ------------------------------------------------------------------------------ */
  function toggle(name, pressed, apply) {
    const button = one('#toggle-' + name);
    const show = (state) => {
      apply(state);
      button.setAttribute('aria-pressed', state);
    };
    on(button, 'click', () => show(button.getAttribute('aria-pressed') !== 'true'));
    show(pressed);
  }

  function switches() {
    toggle('theme', root.dataset.theme === 'dark', (dark) => {
      const theme = dark ? 'dark' : 'light';
      if (theme !== root.dataset.theme) remember('qz-theme', theme);
      root.dataset.theme = theme;
    });
    toggle('code', recalled('qz-code') === 'true', (shown) => {
      remember('qz-code', shown);
      root.classList.toggle('show-code', shown);
    });
  }

  /* Navigation ---------------------------------------------------------------------------- */
  function sidebars() {
    const wide = matchMedia('(min-width: 1100px)');
    const fit = () => all('.side details').forEach((details) => { details.open = wide.matches; });
    on(wide, 'change', fit);
    fit();
  }

  function followReader() {
    const links = new Map(all('.nav-toc a').map((link) => [link.hash.slice(1), link]));
    const headings = Array.from(links.keys(), (id) => document.getElementById(id));
    if (!headings.length) return;
    let waiting = false;
    const mark = () => {
      waiting = false;
      const atEnd = innerHeight + scrollY >= document.body.scrollHeight - 2;
      const passed = headings.filter((heading) => atEnd || heading.getBoundingClientRect().top < 140);
      const now = passed.pop() || headings[0];
      links.forEach((link, id) => link.setAttribute('aria-current', id === now.id));
    };
    on(window, 'scroll', () => {
      if (!waiting) { waiting = true; requestAnimationFrame(mark); }
    }, { passive: true });
    mark();
  }

  /* The card beside a number or a term ------------------------------------------------------ */
  const card = one('#card');
  const doubts = island('doubts', {});
  let shownFor = null;
  let hiding = 0;

  function rows(element) {
    if (element.dataset.definition) return [['定义', element.dataset.definition]];
    const data = element.dataset;
    const found = [['指标', data.label], ['出处', data.source], ['原样', data.printed], ['算法', data.how], ['更正', data.remark],
      ['数据', root.classList.contains('show-code') && data.rows]]; // a file is of use beside the code
    (data.doubt || '').split(' ').filter((id) => doubts[id]).slice(0, 4)
      .forEach((id) => found.push(['核验（' + doubts[id][0] + '）', doubts[id][1]]));
    return found.filter((row) => row[1]);
  }

  function showCard(element) {
    clearTimeout(hiding);
    if (shownFor === element) return;
    hideCard();
    shownFor = element;
    card.replaceChildren(make('dl', {}, ...rows(element).map(([name, value]) => (
      make('div', { className: /^核验|更正/.test(name) ? 'doubt' : '' }, make('dt', {}, name), make('dd', {}, value))))));
    card.hidden = false;
    element.setAttribute('aria-describedby', 'card');
    element.classList.add('open');
    place(element, (element.closest('p, li, dd, tr, figcaption, caption, summary') || element).getBoundingClientRect());
  }

  /* Below the whole sentence, or above it; on a phone a sheet at the foot, and the sentence above it. */
  function place(element, sentence) {
    const [width, height] = [card.offsetWidth, card.offsetHeight];
    if (getComputedStyle(card).position === 'fixed') {
      const covered = sentence.bottom + height + 8 - innerHeight;
      if (covered > 0) scrollBy(0, Math.min(covered, sentence.top - 8));
      return;
    }
    const left = Math.max(8, Math.min(element.getBoundingClientRect().left, root.clientWidth - width - 8));
    const below = sentence.bottom + 6 + height < innerHeight || sentence.top < height + 8;
    card.style.left = left + scrollX + 'px';
    card.style.top = (below ? sentence.bottom + 4 : sentence.top - height - 4) + scrollY + 'px';
  }

  function hideCard() {
    clearTimeout(hiding);
    if (!shownFor) return;
    shownFor.removeAttribute('aria-describedby');
    shownFor.classList.remove('open');
    shownFor = null;
    card.hidden = true;
  }

  const hideSoon = () => { clearTimeout(hiding); hiding = setTimeout(hideCard, 300); };

  function cards() {
    const marked = 'data.fact, dfn.term';
    const target = (event) => event.target instanceof Element
      && (event.target.closest(marked) || one(marked, event.target.closest('td.num') || document.createElement('i')));
    const hovering = matchMedia('(hover: hover)').matches;
    if (hovering) {
      on(document, 'pointerover', (event) => {
        const element = event.target instanceof Element && event.target.closest(marked);
        if (element) showCard(element);
        else if (card.contains(event.target)) clearTimeout(hiding);
        else if (shownFor && shownFor !== document.activeElement) hideSoon();
      });
    }
    on(document, 'click', (event) => {
      const element = target(event);
      if (element) showCard(element);
      else if (!card.contains(event.target)) hideCard();
    });
    on(document, 'focusin', (event) => {
      if (event.target.matches(marked)) showCard(event.target);
      else hideCard();
    });
    on(document, 'keydown', (event) => {
      if (event.key === 'Escape') hideCard();
    });
    on(window, 'resize', hideCard);
  }

  function focusable(element, index) {
    element.tabIndex = index;
    element.setAttribute('role', 'button');
  }

  /* In prose every number is a stop of the tab key; in a table one is, and arrows do the rest. */
  function reachable() {
    all('data.fact, dfn.term').filter((element) => !element.closest('table') && !element.closest('a, summary'))
      .forEach((element) => focusable(element, 0));
    all('table').forEach(roving);
  }

  function roving(table) {
    const facts = all('data.fact', table);
    facts.forEach((fact, index) => focusable(fact, index ? -1 : 0));
    on(table, 'keydown', (event) => {
      const from = event.target;
      const to = from.matches && from.matches('data.fact') && neighbour(table, from, event.key);
      if (!to) return;
      event.preventDefault();
      from.tabIndex = -1;
      to.tabIndex = 0;
      to.focus();
    });
  }

  function neighbour(table, from, key) {
    const facts = all('data.fact', table).filter((fact) => fact.offsetParent);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step) return facts[facts.indexOf(from) + step];
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
    const cell = from.closest('td, th');
    let row = cell.parentElement;
    do {
      row = key === 'ArrowUp' ? row.previousElementSibling : row.nextElementSibling;
    } while (row && (row.hidden || !one('data.fact', row.cells[cell.cellIndex])));
    return row && one('data.fact', row.cells[cell.cellIndex]);
  }

  /* Tables ---------------------------------------------------------------------------------- */
  function sortable(table) {
    const body = table.tBodies[0];
    all('thead th', table).forEach((head, column) => {
      const button = make('button', { type: 'button', className: 'sort' });
      button.append(...head.childNodes);
      head.append(button);
      on(button, 'click', () => sort(table, body, head, column));
    });
    if (body.rows.length > 8) filterable(table, body);
  }

  function sort(table, body, head, column) {
    const descending = head.getAttribute('aria-sort') === 'ascending';
    const order = descending ? -1 : 1;
    const sorted = [...body.rows].sort((a, b) => compare(a.cells[column], b.cells[column], order));
    all('thead th', table).forEach((other) => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    body.append(...sorted);
  }

  function compare(one_, other, order) {
    const [a, b] = [one_, other].map((cell) => {
      const fact = one('data.fact', cell);
      const text = fact ? fact.getAttribute('value') : null;
      return { number: text ? Number(text) : NaN, text: cell.textContent.trim() };
    });
    if (isNaN(a.number) !== isNaN(b.number)) return isNaN(a.number) ? 1 : -1; // numbers first, always
    if (!isNaN(a.number)) return order * (a.number - b.number);
    return order * a.text.localeCompare(b.text, 'zh-CN');
  }

  function counter() {
    const count = make('span', { className: 'count' });
    count.setAttribute('role', 'status');
    return count;
  }

  let filters = 0;
  function filterable(table, body) {
    const id = 'filter-' + (filters += 1);
    const count = counter();
    const input = make('input', { type: 'search', id, autocomplete: 'off' });
    const label = make('label', { htmlFor: id, textContent: '筛选本表' });
    on(input, 'input', () => {
      const wanted = input.value.trim().toLowerCase();
      const kept = [...body.rows].filter((row) => {
        row.hidden = Boolean(wanted) && !row.textContent.toLowerCase().includes(wanted);
        return !row.hidden;
      });
      count.textContent = wanted ? kept.length + ' / ' + body.rows.length + ' 行' : '';
    });
    const holder = table.closest('.table-wrap') || table;
    holder.before(make('p', { className: 'filter' }, label, input, count));
  }

  /* Findings: choose by each attribute that the list names. */
  function findingFilters(list) {
    const entries = [...list.children];
    const count = counter();
    const apply = () => {
      const kept = entries.filter((entry) => {
        entry.hidden = selects.some((select) => select.value && entry.dataset[select.name] !== select.value);
        return !entry.hidden;
      });
      count.textContent = kept.length === entries.length ? '' : `显示 ${kept.length} / ${entries.length} 条`;
    };
    const selects = list.dataset.filter.split(' ').map((name) => {
      const select = make('select', { name, onchange: apply }, new Option('全部', ''));
      const values = entries.map((entry) => entry.dataset[name]);
      new Map(entries.map((entry) => [entry.dataset[name], entry.dataset[name + 'Name']])).forEach((title, value) => {
        select.add(new Option(`${title}（${values.filter((other) => other === value).length}）`, value));
      });
      return select;
    });
    const labels = selects.map((select) => make('label', {}, { severity: '严重程度 ', chapter: '所在章 ' }[select.name], select));
    list.before(make('p', { className: 'filter' }, ...labels, count));
  }

  /* A link to something folded away opens it. */
  function openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.closest('details')) return;
    for (let part = target; part; part = part.parentElement) {
      if (part.tagName === 'DETAILS') part.open = true;
    }
    target.hidden = false;
    target.scrollIntoView();
  }

  const OPEN = 'http://schemas.openxmlformats.org/';
  const MAIN = OPEN + 'spreadsheetml/2006/main';

  /* Downloads: made here from the table, the CSV and the drawing, so that all of them agree. ---- */
  function downloads() {
    all('.downloads a[download$=".csv"]').forEach((link) => {
      const add = (kind, act) => {
        const button = make('button', { type: 'button', textContent: '下载 ' + kind.toUpperCase() });
        const save = (blob) => {
          const href = URL.createObjectURL(blob);
          make('a', { href, download: link.download.replace(/csv$/, kind) }).click();
          setTimeout(() => URL.revokeObjectURL(href), 60000);
        };
        on(button, 'click', () => act(save));
        link.parentElement.append(button);
      };
      const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
      add('xlsx', (save) => save(new Blob([workbook(link)], { type })));
      const figure = link.closest('figure.chart');
      if (!figure || !one('.plot svg', figure)) return;
      add('png', (save) => picture(drawing(figure), save));
      add('svg', (save) => save(new Blob([new XMLSerializer().serializeToString(drawing(figure))], { type: 'image/svg+xml' })));
    });
  }

  /* The drawing of a figure in light colours, with its title above and its source below. */
  function drawing(figure) {
    const svg = one('.plot svg', figure).cloneNode(true);
    const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
    const part = (tag, attributes, text) => {
      const element = document.createElementNS(svg.namespaceURI, tag);
      Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
      element.textContent = text || '';
      return element;
    };
    const words = (selector) => textOf(one(selector, figure) || make('p'));
    const lines = words('figcaption').match(new RegExp(`.{1,${Math.floor(width / 13)}}`, 'g')) || [];
    const [head, all_] = [lines.length * 18 + 8, lines.length * 18 + height + 26];
    Object.entries({ width, height: all_, viewBox: `0 ${-head} ${width} ${all_}` })
      .forEach(([name, value]) => svg.setAttribute(name, value));
    svg.prepend(part('rect', { y: -head, width, height: all_, fill: '#fff' }),
      ...lines.map((line, at) => part('text', { x: 4, y: 14 + at * 18 - head, 'font-size': 13, 'font-weight': 700, fill: '#1f2933' }, line)),
      part('text', { x: 4, y: height + 11, 'font-size': 9, fill: '#4d5963' }, words('.source')));
    return svg;
  }

  function picture(svg, save) {
    const image = new Image();
    on(image, 'load', () => {
      const canvas = make('canvas', { width: image.width * 3, height: image.height * 3 });
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(save);
    });
    image.src = 'data:image/svg+xml,' + encodeURIComponent(new XMLSerializer().serializeToString(svg));
  }

  /* A chart as a tree, from the rows of its table: overview, then series, then points. --------- */
  function structures() {
    all('figure.chart').forEach((figure) => {
      const [plot, table] = [one('.plot', figure), one('details.data table', figure)];
      if (!plot || !table) return;
      const details = make('details', { className: 'structure' }, make('summary', {}, '逐项读图'));
      on(details, 'toggle', () => details.append(tree(plot, table)), { once: true });
      plot.after(details);
    });
  }

  function tree(plot, table) {
    const rows = [...table.tBodies[0].rows];
    const series = [...table.tHead.rows[0].cells].slice(1).map((column, at) => {
      const points = rows.map((row) => ({ name: textOf(row.cells[0]), cell: row.cells[at + 1] }));
      return { name: textOf(column), points: points.filter(({ cell }) => /num/.test(cell.className)) };
    }).filter(({ points }) => points.length);
    const form = one('[role=img]', plot).getAttribute('aria-label').split(/[。，：]/)[0];
    const item = (text, ...inner) => {
      const element = make('li', { tabIndex: -1 }, make('span', {}, text));
      element.setAttribute('role', 'treeitem');
      if (inner.length) {
        element.setAttribute('aria-expanded', false);
        element.append(make('ul', {}, ...inner));
        element.lastChild.setAttribute('role', 'group');
      }
      return element;
    };
    const top = item(`${form}：${series.length} 个系列，${rows.length} 项`, ...series.map(({ name, points }) => (
      item(`${name}：${range(points)}`, ...points.map((point) => item(`${point.name}：${textOf(point.cell)}`))))));
    const list = make('ul', {}, top);
    list.setAttribute('role', 'tree');
    list.setAttribute('aria-label', '逐项读图，用方向键移动');
    top.tabIndex = 0;
    top.setAttribute('aria-expanded', true);
    on(list, 'keydown', (event) => walk(list, event));
    on(list, 'click', (event) => move(list, event.target.closest('li'), true));
    return list;
  }

  /* How many values a series has, the smallest and the largest with their names. */
  function range(points) {
    const known = points.map(({ name, cell }) => ({ name, cell, value: parseFloat((one('data', cell) || cell).getAttribute('value')) }))
      .filter(({ value }) => !isNaN(value)).sort((a, b) => a.value - b.value);
    const words = ({ name, cell }) => `${textOf(cell)}（${name}）`;
    return `${known.length} 个值` + (known.length > 1 ? `，从 ${words(known[0])}到 ${words(known[known.length - 1])}` : '');
  }

  function walk(list, event) {
    const now = event.target.closest('li');
    const items = all('li', list).filter((element) => element.offsetParent);
    const [at, open] = [items.indexOf(now), now.getAttribute('aria-expanded')];
    const turn = (state) => { now.setAttribute('aria-expanded', state); return now; };
    const to = { ArrowDown: () => items[at + 1], ArrowUp: () => items[at - 1], Home: () => items[0], End: () => items[items.length - 1],
      ArrowRight: () => (open === 'false' ? turn(true) : one('li', now)),
      ArrowLeft: () => (open === 'true' ? turn(false) : now.parentElement.closest('li')),
      Enter: () => open && turn(open === 'false') }[event.key];
    if (!to) return;
    event.preventDefault();
    move(list, to());
  }

  function move(list, item, turned) {
    if (!item) return;
    if (turned && item.hasAttribute('aria-expanded')) item.setAttribute('aria-expanded', item.getAttribute('aria-expanded') === 'false');
    all('li', list).forEach((other) => { other.tabIndex = other === item ? 0 : -1; });
    item.focus();
  }

  function workbook(link) {
    const table = one('table', link.closest('.downloads').previousElementSibling);
    const copy = table.cloneNode(true);
    all('sup', copy).forEach((mark) => mark.remove());
    const shown = Array.from(copy.rows, (row) => Array.from(row.cells, ({ className, textContent }) => (
      /num/.test(className) ? textContent.replace(/\s/g, '').replace('−', '-') : textContent + ' ')));
    const bytes = Uint8Array.from(atob(link.href.split('base64,')[1]), (letter) => letter.charCodeAt(0));
    const tidy = records(new TextDecoder().decode(bytes)).map((row) => row.map((text, column) => (
      column === 2 ? text : text.replace(/^'(?=[-=+@＝＋－＠\t\r\n])/, '') + ' ')));
    const [kind, kinds] = ['application/vnd.openxmlformats-', 'officedocument.spreadsheetml.'];
    const relations = (type, ...paths) => `<Relationships xmlns="${OPEN}package/2006/relationships">${paths.map((path, at) => (
      `<Relationship Id="r${at}" Type="${OPEN}officeDocument/2006/relationships/${type}" Target="${path}"/>`)).join('')}</Relationships>`;
    return zip([
      ['[Content_Types].xml', `<Types xmlns="${OPEN}package/2006/content-types"><Default Extension="rels" ContentType="${kind}package.relationships+xml"/><Default Extension="xml" ContentType="${kind}${kinds}worksheet+xml"/><Override PartName="/book.xml" ContentType="${kind}${kinds}sheet.main+xml"/></Types>`],
      ['_rels/.rels', relations('officeDocument', 'book.xml')],
      ['book.xml', `<workbook xmlns="${MAIN}" xmlns:r="${OPEN}officeDocument/2006/relationships"><sheets><sheet name="表" sheetId="1" r:id="r0"/><sheet name="逐项出处" sheetId="2" r:id="r1"/></sheets></workbook>`],
      ['_rels/book.xml.rels', relations('worksheet', '1.xml', '2.xml')],
      ['1.xml', sheet(shown)],
      ['2.xml', sheet(tidy)],
    ]);
  }

  /* Text is stored as text, never as a formula; a cell is a number only if all of it is one. */
  function sheet(lines) {
    const escaped = (text) => text.trim().replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '')
      .replace(/[<&]/g, (mark) => `&#${mark.charCodeAt(0)};`);
    const cell = (text) => (/^-?\d+(\.\d+)?$/.test(text) ? `<c><v>${text}</v></c>`
      : `<c t="inlineStr"><is><t>${escaped(text)}</t></is></c>`);
    return `<worksheet xmlns="${MAIN}"><sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/><sheetData>${
      lines.map((line) => `<row>${line.map(cell).join('')}</row>`).join('')}</sheetData></worksheet>`;
  }

  function records(csv) {
    const found = [[]];
    csv.replace(/(?:"((?:[^"]|"")*)"|([^,\n]*))([,\n])/g, (_, quoted, bare, end) => {
      found[found.length - 1].push(quoted === undefined ? bare : quoted.replace(/""/g, '"'));
      if (end === '\n') found.push([]);
      return '';
    });
    return found.slice(0, -1);
  }

  /* A zip whose files are stored and dated 1980: the same table gives the same bytes. */
  function zip(files) {
    const table = Array.from({ length: 256 }, (_, value) => {
      for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
      return value;
    });
    const check = (bytes) => ~bytes.reduce((sum, byte) => (sum >>> 8) ^ table[(sum ^ byte) & 255], -1);
    const little = (size, ...values) => values.flatMap((value) => (
      Array.from({ length: size }, (_, at) => (value >>> (8 * at)) & 255)));
    const encode = (text) => Array.from(new TextEncoder().encode(text));
    let [body, index] = [[], []];
    files.forEach(([path, text]) => {
      const [name, bytes] = [encode(path), encode(text)];
      const facts = little(2, 20, 0x800, 0, 0, 33)
        .concat(little(4, check(bytes), bytes.length, bytes.length), little(2, name.length, 0));
      index = index.concat(little(4, 0x02014b50), little(2, 20), facts, little(2, 0, 0, 0), little(4, 0, body.length), name);
      body = body.concat(little(4, 0x04034b50), facts, name, bytes);
    });
    return new Uint8Array(body.concat(index, little(4, 0x06054b50), little(2, 0, 0, files.length, files.length),
      little(4, index.length, body.length), little(2, 0)));
  }

  /* A table too wide for a phone becomes a list of rows; roles keep it a table for readers. */
  function fitTables() {
    const narrow = innerWidth < 640;
    all('.table-wrap').forEach((wrap) => {
      const table = one('table', wrap);
      if (!table) return;
      table.classList.remove('stacked');
      if (narrow && wrap.scrollWidth > wrap.clientWidth + 1) stack(table);
      scrollRegion(wrap, table.caption ? table.caption.textContent : '表');
    });
    all('.plot').forEach((plot) => scrollRegion(plot, '图'));
  }

  function scrollRegion(element, name) {
    const wide = element.scrollWidth > element.clientWidth + 1;
    Object.entries({ tabindex: 0, role: 'region', 'aria-label': name + '（可左右滚动）' })
      .forEach(([key, value]) => (wide ? element.setAttribute(key, value) : element.removeAttribute(key)));
  }

  function stack(table) {
    table.classList.add('stacked');
    const heads = all('thead th', table).map((head) => head.textContent.trim());
    const roles = { thead: 'rowgroup', tbody: 'rowgroup', tr: 'row', td: 'cell', 'thead th': 'columnheader', 'tbody th': 'rowheader' };
    table.setAttribute('role', 'table');
    Object.keys(roles).forEach((kind) => all(kind, table).forEach((part) => part.setAttribute('role', roles[kind])));
    all('tbody td', table).forEach((cell) => { cell.dataset.head = heads[cell.cellIndex] || ''; });
  }

  /* Search ---------------------------------------------------------------------------------- */
  function search() {
    const dialog = one('#search');
    if (!dialog || !dialog.showModal) return;
    const input = one('#search-input');
    const open = () => { dialog.showModal(); input.focus(); input.select(); };
    on(one('#open-search'), 'click', open);
    on(document, 'keydown', (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (!dialog.open && !typing && (event.key === '/' || (event.key === 'k' && event.ctrlKey))) {
        event.preventDefault();
        open();
      }
    });
    on(dialog, 'click', (event) => {
      if (event.target === dialog || event.target.closest('a')) dialog.close();
    });
    on(input, 'input', () => results(input.value));
    on(input, 'keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      event.preventDefault();
      const first = event.key === 'Enter' ? one('#search-results a') : null;
      if (first) first.click();
      else if (event.key === 'Escape') dialog.close();
    });
  }

  const plain = (text) => text.normalize('NFKC').toLowerCase();

  function results(query) {
    const words = plain(query).split(/\s+/).filter(Boolean);
    const found = words.length ? matches(words) : [];
    one('#search-results').replaceChildren(...found.slice(0, 40).map((hit) => result(hit, words)));
    one('#search-status').textContent = !words.length ? ''
      : found.length ? `找到 ${found.length} 处${found.length > 40 ? '，显示前 40 处' : ''}` : `没有找到“${query.trim()}”`;
  }

  function matches(words) {
    const found = [];
    island('search-index', []).forEach(([page, title, sections]) => {
      sections.forEach(([anchor, heading, text]) => {
        const inHeading = words.every((word) => plain(title + heading).includes(word));
        if (inHeading || words.every((word) => plain(title + heading + text).includes(word))) {
          found.push({ page, title, anchor, heading, text, weight: inHeading ? 0 : 1 });
        }
      });
    });
    return found.sort((a, b) => a.weight - b.weight);
  }

  function result(hit, words) {
    const at = Math.max(0, plain(hit.text).indexOf(words[0]) - 24);
    const snippet = make('span', { className: 'snippet' });
    snippet.append(...highlighted((at ? '…' : '') + hit.text.slice(at, at + 90), words));
    const where = make('span', { className: 'where' });
    where.append(...highlighted(hit.heading === hit.title ? hit.title : hit.title + ' › ' + hit.heading, words));
    return make('li', {}, make('a', { href: hit.page + (hit.anchor ? '#' + hit.anchor : '') }, where, snippet));
  }

  function highlighted(text, words) {
    const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return text.split(new RegExp('(' + escaped.join('|') + ')', 'i'))
      .map((part, index) => (index % 2 ? make('mark', { textContent: part }) : part));
  }

  /* Paper ----------------------------------------------------------------------------------- */
  function paper() {
    let opened = [];
    const dialog = one('#print');
    on(one('#open-print'), 'click', () => { dialog.returnValue = ''; dialog.showModal(); });
    on(dialog, 'close', () => {
      if (!dialog.returnValue) return;
      root.dataset.print = dialog.returnValue;
      print();
    });
    on(window, 'beforeprint', () => {
      hideCard();
      opened = root.dataset.print === 'short' ? [] : all('details:not([open], .structure)');
      opened.forEach((details) => { details.open = true; });
      all('table.stacked').forEach((table) => table.classList.remove('stacked'));
    });
    on(window, 'afterprint', () => {
      opened.forEach((details) => { details.open = false; });
      delete root.dataset.print;
      fitTables();
    });
  }

  switches();
  sidebars();
  followReader();
  cards();
  reachable();
  all('table.sortable').forEach(sortable);
  all('[data-filter]').forEach(findingFilters);
  downloads();
  structures();
  fitTables();
  openTarget();
  on(window, 'hashchange', openTarget);
  on(window, 'resize', fitTables);
  all('details').forEach((details) => on(details, 'toggle', fitTables));
  search();
  paper();
})();
