export default [{ name: 'school-home', path: '/school', user: 'demo-teacher-1', home: true }];
