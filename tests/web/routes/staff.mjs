export default [{ name: 'staff-home', path: '/staff', user: 'demo-museum', home: true }];
