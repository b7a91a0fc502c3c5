(function () {
  var root = document.documentElement, stored = null;
  root.classList.add('js');
  try { stored = localStorage.getItem('qz-theme'); } catch (error) { /* no storage: follow the system */ }
  var dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = stored === 'dark' || stored === 'light' ? stored : dark ? 'dark' : 'light';
})();
