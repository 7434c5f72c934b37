// Sets the chosen colours before the first paint, so that a dark console never flashes white while the bundle loads.
(() => {
  const chosen = localStorage.getItem('provost.colours') || 'auto';
  const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
