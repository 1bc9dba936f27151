export default [
  { name: 'login', path: '/login', home: true },
  { name: 'help', path: '/help' },
  { name: 'account', path: '/account', user: 'demo-volunteer-1' },
  { name: 'notices', path: '/notices', user: 'demo-volunteer-1' },
];
