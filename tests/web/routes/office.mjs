export default [{ name: 'office-home', path: '/office', user: 'demo-city', home: true }];
