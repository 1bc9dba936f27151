export default [
  { name: 'office-home', path: '/office', user: 'demo-city', home: true },
  { name: 'office-home-district', path: '/office', user: 'demo-district' },
  { name: 'office-coverage', path: '/office/coverage?indicator=district_venue_cover', user: 'demo-city' },
  { name: 'office-reach', path: '/office/reach', user: 'demo-city' },
  { name: 'office-reach-district', path: '/office/reach', user: 'demo-district' },
  { name: 'office-attendance', path: '/office/attendance', user: 'demo-city' },
  { name: 'office-requests', path: '/office/requests', user: 'demo-city' },
  { name: 'office-plan', path: '/office/plan', user: 'demo-city' },
  { name: 'office-users', path: '/office/users?on=venues/cqstm', user: 'demo-city' },
  { name: 'office-audit', path: '/office/audit', user: 'demo-city' },
];
