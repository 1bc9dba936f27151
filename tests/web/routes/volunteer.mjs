export default [{ name: 'volunteer-home', path: '/volunteer', user: 'demo-volunteer-1', home: true }];
