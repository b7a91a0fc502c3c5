(function () {
  'use strict';
  const root = document.documentElement;
  const one = (selector, within) => (within || document).querySelector(selector);
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const island = (id, fallback) => {
    const element = document.getElementById(id);
    return element ? JSON.parse(element.textContent) : fallback;
  };
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties || {});
    element.append(...children);
    return element;
  };
  const remember = (key, value) => {
    try { localStorage.setItem(key, value); } catch (error) { /* no storage: for this page only */ }
  };
  const recalled = (key) => {
    try { return localStorage.getItem(key); } catch (error) { return null; }
  };

  /* Switches ------------------------------------------------------------------------------ */
  function themeSwitch() {
    const button = one('#toggle-theme');
    const show = () => button.setAttribute('aria-pressed', String(root.dataset.theme === 'dark'));
    button.addEventListener('click', () => {
      root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
      remember('qz-theme', root.dataset.theme);
      show();
    });
    show();
  }

  function codeSwitch() {
    const button = one('#toggle-code');
    const show = (on) => {
      root.classList.toggle('show-code', on);
      button.setAttribute('aria-pressed', String(on));
    };
    button.addEventListener('click', () => {
      const on = !root.classList.contains('show-code');
      remember('qz-code', on ? '1' : '0');
      show(on);
    });
    show(recalled('qz-code') === '1');
  }

  /* Navigation ---------------------------------------------------------------------------- */
  function sidebars() {
    const wide = window.matchMedia('(min-width: 1100px)');
    const fit = () => all('.side details').forEach((details) => { details.open = wide.matches; });
    wide.addEventListener('change', fit);
    fit();
  }

  function followReader() {
    const links = new Map(all('.nav-toc a').map((link) => [link.hash.slice(1), link]));
    const headings = Array.from(links.keys()).map((id) => document.getElementById(id));
    if (!headings.length) return;
    let waiting = false;
    const mark = () => {
      waiting = false;
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 140);
      const atEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 2;
      const now = atEnd ? headings[headings.length - 1] : passed[passed.length - 1] || headings[0];
      links.forEach((link, id) => {
        if (id === now.id) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      });
    };
    window.addEventListener('scroll', () => {
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
    const found = [['指标', data.label], ['出处', data.source], ['原样', data.printed], ['算法', data.how], ['数据', data.rows]];
    (data.doubt || '').split(' ').filter((id) => doubts[id]).slice(0, 4)
      .forEach((id) => found.push(['核验（' + doubts[id][0] + '）', doubts[id][1]]));
    return found.filter((row) => row[1]);
  }

  function showCard(element) {
    clearTimeout(hiding);
    if (shownFor === element) return;
    hideCard();
    shownFor = element;
    const list = make('dl');
    rows(element).forEach(([name, value]) => {
      list.append(make('div', { className: name.startsWith('核验') ? 'doubt' : '' },
        make('dt', { textContent: name }), make('dd', { textContent: value })));
    });
    card.replaceChildren(list);
    card.hidden = false;
    element.setAttribute('aria-describedby', 'card');
    element.classList.add('open');
    place(element);
  }

  function place(element) {
    const box = element.getBoundingClientRect();
    const width = card.offsetWidth;
    const height = card.offsetHeight;
    const left = Math.max(8, Math.min(box.left, root.clientWidth - width - 8));
    const below = box.bottom + 8 + height < window.innerHeight || box.top < height + 8;
    card.style.left = left + window.scrollX + 'px';
    card.style.top = (below ? box.bottom + 6 : box.top - height - 6) + window.scrollY + 'px';
  }

  function hideCard() {
    clearTimeout(hiding);
    if (!shownFor) return;
    shownFor.removeAttribute('aria-describedby');
    shownFor.classList.remove('open');
    shownFor = null;
    card.hidden = true;
  }

  const hideSoon = () => { clearTimeout(hiding); hiding = setTimeout(hideCard, 180); };

  function cards() {
    const marked = 'data.fact, dfn.term';
    const target = (event) => event.target instanceof Element
      && (event.target.closest(marked) || one(marked, event.target.closest('td.num') || document.createElement('i')));
    const hovering = window.matchMedia('(hover: hover)').matches;
    if (hovering) {
      document.addEventListener('pointerover', (event) => {
        const element = event.target instanceof Element && event.target.closest(marked);
        if (element) showCard(element);
        else if (card.contains(event.target)) clearTimeout(hiding);
        else if (shownFor && shownFor !== document.activeElement) hideSoon();
      });
    }
    document.addEventListener('click', (event) => {
      const element = target(event);
      if (element) showCard(element);
      else if (!card.contains(event.target)) hideCard();
    });
    document.addEventListener('focusin', (event) => {
      if (event.target.matches(marked)) showCard(event.target);
      else hideCard();
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') hideCard();
    });
    window.addEventListener('resize', hideCard);
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
    table.addEventListener('keydown', (event) => {
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

  /* A column's head stands as its cells do. */
  function alignHeads() {
    all('table.data').forEach((table) => {
      const first = table.tBodies[0] && table.tBodies[0].rows[0];
      all('thead tr:last-child > th', table).forEach((head, column) => {
        const cell = first && first.cells[column];
        head.classList.toggle('num', Boolean(cell) && cell.classList.contains('num'));
      });
    });
  }

  /* Tables ---------------------------------------------------------------------------------- */
  function sortable(table) {
    const body = table.tBodies[0];
    all('thead th', table).forEach((head, column) => {
      const button = make('button', { type: 'button', className: 'sort' });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => sort(table, body, head, column));
    });
    if (body.rows.length > 8) filterable(table, body);
  }

  function sort(table, body, head, column) {
    const descending = head.getAttribute('aria-sort') === 'ascending';
    const order = descending ? -1 : 1;
    const sorted = Array.from(body.rows).sort((a, b) => compare(a.cells[column], b.cells[column], order));
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

  let filters = 0;
  function filterable(table, body) {
    const id = 'filter-' + (filters += 1);
    const count = make('span', { className: 'count' });
    count.setAttribute('role', 'status');
    const input = make('input', { type: 'search', id, autocomplete: 'off' });
    const label = make('label', { htmlFor: id, textContent: '筛选本表' });
    input.addEventListener('input', () => {
      const wanted = input.value.trim().toLowerCase();
      const kept = Array.from(body.rows).filter((row) => {
        row.hidden = Boolean(wanted) && !row.textContent.toLowerCase().includes(wanted);
        return !row.hidden;
      });
      count.textContent = wanted ? kept.length + ' / ' + body.rows.length + ' 行' : '';
    });
    const holder = table.closest('.table-wrap') || table;
    holder.before(make('p', { className: 'filter' }, label, input, count));
  }

  /* A table too wide for a phone becomes a list of rows; roles keep it a table for readers. */
  function fitTables() {
    const narrow = root.clientWidth < 640;
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
    if (element.scrollWidth > element.clientWidth + 1) {
      element.tabIndex = 0;
      element.setAttribute('role', 'region');
      element.setAttribute('aria-label', name + '（可左右滚动）');
    } else {
      ['tabindex', 'role', 'aria-label'].forEach((name_) => element.removeAttribute(name_));
    }
  }

  function stack(table) {
    table.classList.add('stacked');
    const heads = all('thead th', table).map((head) => head.textContent.trim());
    const roles = { THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TD: 'cell' };
    table.setAttribute('role', 'table');
    all('thead, tbody, tr, td, th', table).forEach((part) => {
      const head = part.tagName === 'TH' ? (part.scope === 'row' ? 'rowheader' : 'columnheader') : '';
      part.setAttribute('role', head || roles[part.tagName]);
    });
    all('tbody tr', table).forEach((row) => {
      Array.from(row.cells).forEach((cell, index) => { cell.dataset.head = heads[index] || ''; });
    });
  }

  /* Search ---------------------------------------------------------------------------------- */
  function search() {
    const dialog = one('#search');
    if (!dialog || !dialog.showModal) return;
    const input = one('#search-input');
    const open = () => { dialog.showModal(); input.focus(); input.select(); };
    one('#open-search').addEventListener('click', open);
    document.addEventListener('keydown', (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (!dialog.open && !typing && (event.key === '/' || (event.key === 'k' && event.ctrlKey))) {
        event.preventDefault();
        open();
      }
    });
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog || event.target.closest('a')) dialog.close();
    });
    input.addEventListener('input', () => results(input.value));
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') followFirst(event);
      if (event.key === 'Escape') { event.preventDefault(); dialog.close(); }
    });
  }

  function followFirst(event) {
    const first = one('#search-results a');
    event.preventDefault();
    if (first) first.click();
  }

  const plain = (text) => text.normalize('NFKC').toLowerCase();

  function results(query) {
    const words = plain(query).split(/\s+/).filter(Boolean);
    const found = words.length ? matches(words) : [];
    one('#search-results').replaceChildren(...found.slice(0, 40).map((hit) => result(hit, words)));
    one('#search-status').textContent = !words.length ? ''
      : found.length ? '找到 ' + found.length + ' 处' + (found.length > 40 ? '，显示前 40 处' : '')
        : '没有找到“' + query.trim() + '”';
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
    window.addEventListener('beforeprint', () => {
      hideCard();
      opened = all('details:not([open])');
      opened.forEach((details) => { details.open = true; });
      all('table.stacked').forEach((table) => table.classList.remove('stacked'));
    });
    window.addEventListener('afterprint', () => {
      opened.forEach((details) => { details.open = false; });
      fitTables();
    });
  }

  themeSwitch();
  codeSwitch();
  sidebars();
  followReader();
  cards();
  reachable();
  alignHeads();
  all('table.sortable').forEach(sortable);
  fitTables();
  window.addEventListener('resize', fitTables);
  all('details').forEach((details) => details.addEventListener('toggle', fitTables));
  search();
  paper();
})();
