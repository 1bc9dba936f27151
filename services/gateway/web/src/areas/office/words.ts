import type { Words } from '@/i18n';

export default {
  zh: {
    nav: { home: '首页', coverage: '指标覆盖', reach: '学校触达', attendance: '到访统计', requests: '送展申请', fleet: '大篷车', titles: '命名评审', assessments: '年度考核', registers: '基础名录', users: '人员权限', campaigns: '主题活动', rounds: '学期统筹' },
    district: '区县', wholeCity: '全市', choose: '请选择', comma: '，', or: '或', state: '状态', reason: '理由', people: '{count} 人', count: '{count} 条', csv: '导出表格', asOf: '统计时间：{time}',
    stale: '名录暂时没有更新，下面按上一次读到的名录统计。',
    period: { label: '统计时段', autumn: '{year} 年秋季学期', spring: '{year} 年春季学期', year: '{year} 年全年' },
    place: { kind: '单位类别', find: '按名称查找', which: '单位', of: { city: '全市', districts: '区县', towns: '乡镇街道', venues: '场馆', schools: '学校', organizations: '机构', caravans: '大篷车' } },
    role: { city_admin: '市级管理员', district_admin: '区县管理员', coordinator: '志愿者协调员', town_office: '乡镇街道工作人员', department: '部门工作人员', venue_admin: '场馆管理员', venue_staff: '场馆工作人员', caravan_crew: '大篷车队员', school_admin: '学校管理员', teacher: '教师', volunteer: '志愿者', visitor: '公众' },
    stage: { label: '学段', KINDERGARTEN: '幼儿园', PRIMARY: '小学', JUNIOR: '初中', SENIOR: '高中', NINE_YEAR: '九年一贯制', TWELVE_YEAR: '十二年一贯制', COMPLETE_SECONDARY: '完全中学', VOCATIONAL: '中职', SPECIAL: '特殊教育' },
    trait: { label: '学校特点', REMOTE: '偏远', ETHNIC: '民族地区', POVERTY: '脱贫地区', RURAL: '乡村', LEFT_BEHIND: '留守儿童较多', OLD_REVOLUTIONARY: '革命老区' },
    group: { MINORS: '青少年', FARMERS: '农民', URBAN_WORKERS: '产业工人', OFFICIALS: '领导干部和公务员', RESIDENTS: '社区居民' },
    bookingKind: { PERSON: '个人', FAMILY: '家庭', GROUP: '团体', SCHOOL: '学校' },
    venueKind: {
      MUSEUM: '科技馆、博物馆', SCENIC: '景区', CULTURAL: '文化场馆', ENTERPRISE: '企业科普馆', RURAL_BASE: '农村科普基地', DIGITAL: '数字科技馆', MOBILE_STOP: '流动展出点', MOBILE_MUSEUM: '流动科技馆', CARAVAN_FLEET: '大篷车队', SCHOOL: '学校', OTHER: '其他', VIRTUAL_MUSEUM: '虚拟科技馆', COMMUNITY_ROOM: '科普活动室', GALLERY: '科普画廊', E_STATION: '科普中国e站', READING_ROOM: '启明书屋', SCREEN: '科普之窗', NOTICE_BOARD: '科普宣传栏', SERVICE_STATION: '科普服务站', COMMUNITY_HALL: '社区科普馆', COMMUNITY_SCHOOL: '社区大学', MAKER_SPACE: '创客空间', THEME_PARK: '主题公园', PARK: '公园', RESERVE: '自然保护区', HERITAGE: '遗产地', ZOO_GARDEN: '动植物园', RESEARCH_UNIT: '科研机构', YOUTH_PALACE: '青少年宫', SERVICE_CENTRE: '服务中心', RURAL_SERVICE: '农村服务点', SCHOOL_ACTIVITY_ROOM: '共享科技活动室', PRACTICE_BASE: '实践基地',
    },
    home: {
      title: '首页', city: '全市科普工作', todo: '待办', term: '本学期', visits: '到访人次', plans: '规划指标', details: '查看详情', unreached: '还有 {count} 所学校没来过', factor: '您还没有设置二次验证。市级和区县管理员请尽快设置。', factorGo: '去设置',
      task: { requests: '送展申请待答复', titles: '命名申请待处理', reports: '年度报告待处理', evaluations: '活动总结未归档' },
    },
    coverage: {
      title: '指标覆盖', lead: '规划指标完成情况，以及还有哪些地方没有覆盖。', indicator: '指标', target: '目标', met: '完成情况', yes: '已达标', no: '完成 {percent}%', unknown: '暂无数据', source: '出处 {source}', partial: '只统计了场馆系统掌握的部分。', uncovered: '尚未覆盖', who: '名称', missing: '缺少', anyVenue: '常设科普场馆', allCovered: '这里已全部覆盖。', noList: '这项指标没有待覆盖名单。', csvAll: '导出各区县指标',
    },
    reach: {
      title: '学校触达', lead: '哪些学校来过场馆，哪些还没来过。', reached: '已到访学校', percent: '触达率', persons: '学校到访人次', byDistrict: '各区县情况', list: '学校名单', first: '优先服务', visits: '{visits} 次，{persons} 人次', never: '从未来过', before: '以前来过',
      colour: { label: '地图显示', unreached: '未触达学校数', percent: '触达率', personVisits: '到访人次' }, unit: { unreached: '所', percent: '%', personVisits: '人次' },
      show: { label: '显示', UNREACHED: '未触达学校', REACHED: '已触达学校', ALL: '全部学校' }, none: { UNREACHED: '所选范围的学校都来过了。', REACHED: '所选时段还没有学校来过。', ALL: '名录里还没有学校，可在“基础名录”中添加。' },
      column: { school: '学校', district: '区县', stage: '学段', traits: '特点', first: '优先服务', visits: '到访', persons: '到访人次', last: '最近一次', before: '以前来过' },
    },
    attendance: {
      title: '到访统计', lead: '按到馆核销统计，每个数字都能查到对应的预约。', what: '统计内容', came: '到访人次', vain: '未满足的需求', vainTitle: '未满足的需求', byLabel: '分类方式', trace: '明细', traceOf: '{what}：明细', none: '所选时段没有到访记录，可换一个时段查看。', noneVain: '所选时段没有未满足的需求。', other: '未分类', checkIn: '签到时间', persons: '人次', schools: '涉及学校', unreached: '其中未触达',
      by: { BY_TARGET_GROUP: '人群', BY_DISTRICT: '区县', BY_KIND: '预约类型', BY_EVENT: '活动', BY_CAMPAIGN: '主题活动', BY_PLACE: '地点', BY_MONTH: '月份', BY_DAY: '日期', BY_SCHOOL: '学校', BY_SOURCE: '原因' },
      column: { personVisits: '人次', pupils: '学生', adults: '成人', others: '其他', bookings: '预约数' },
      source: { waitedInVain: '候补未成', offerLost: '错过递补', wishNotGranted: '志愿未录取' }, sourceKey: { WAITED_IN_VAIN: '候补未成', OFFER_LOST: '错过递补', WISH_NOT_GRANTED: '志愿未录取' },
    },
    requests: {
      title: '送展申请', lead: '学校、乡村和社区希望大篷车去的地方。', none: '没有这样的申请。', days: '希望日期', heads: '人数', classes: '{count} 个班', site: '场地', road: '路宽 {metres} 米', parking: '能停车', noParking: '不能停车', power: '供电 {kw} 千瓦', outdoor: '室外 {area} 平方米', indoor: '室内 {area} 平方米', note: '说明', asked: '申请时间',
      answer: '答复', answerTo: '答复：{name}', yes: '同意的话不用在这里答复：在“巡展计划”里安排站点后，申请自动变为已接受。', reply: { WAITING: '暂缓，列入以后的计划', REFUSED: '不能安排' }, reasonHint: '申请单位会看到。', send: '发送答复', answered: '答复已发送',
      state: { OPEN: '待答复', WAITING: '暂缓', ACCEPTED: '已安排', REFUSED: '未同意', WITHDRAWN: '已撤回', SERVED: '已完成', EXPIRED: '已过期' },
    },
    plan: {
      title: '巡展计划', lead: '按申请、路程和优先顺序算出方案，采纳后直接排进大篷车日程。', first: '开始日期', last: '结束日期', caravans: '大篷车', caravansHint: '不选表示所有可用的车。', propose: '生成方案', proposals: '建议行程（{count} 条）', none: '这段时间没有可安排的行程。', worth: '方案得分 {value}；按申请先后安排为 {greedy}，上限 {bound}。', value: '得分 {value}', why: '为什么这样安排', adopt: '采纳所选（{count} 条）', adopted: '已采纳 {count} 条行程', toFleet: '查看大篷车日程', leftOut: '没有安排上的（{count} 项）',
    },
    fleet: { none: '还没有大篷车。' },
    users: {
      title: '人员权限', lead: '谁在哪个单位有什么权限。', invite: '邀请新人员', inviteTo: '邀请到 {place}', inviteGo: '创建账户并生成链接', person: '人员', roles: '权限', role: '权限', actions: '操作', open: '查看', openOne: '查看 {name}', noName: '未填姓名', none: '这里还没有人员，点“邀请新人员”添加。', choosePlace: '请先选择单位。', noRoles: '您不能在这里授予权限。', displayName: '姓名', userName: '用户名', userNameHint: '登录用，如 wang-li；定了不能改。', since: '注册时间', grant: '添加权限', revoke: '撤销', revokeOne: '撤销 {place} 的 {role}', revoked: '权限已撤销', disable: '停用账户', disabled: '账户已停用', enable: '恢复账户', reset: '重设密码链接', factor: '重置二次验证', factorReason: '重置原因', factorHint: '会记入操作记录，该人员所有登录都会失效。', factorReset: '二次验证已重置', audit: '操作记录',
      state: { ACTIVE: '正常', DISABLED: '已停用', ERASED: '已注销' },
      link: { title: '请把链接交给 {who}', text: '链接只显示这一次，只能用一次，{until} 前有效。请当面或通过可靠方式转交。' },
    },
    audit: { title: '操作记录', ofPerson: '{name} 做过的和与其有关的操作', ofObject: '{name} 的变更', first: '从', last: '到', time: '时间', who: '操作人', what: '操作', about: '对象', none: '这段时间没有记录。', itself: '系统自动', you: '我', service: '系统服务', override: '例外处理', of: { identity: '账户', venue: '场馆事务', event: '活动事务', volunteer: '志愿服务' } },
    rounds: { one: '学期统筹志愿' },
    help: {
      'office-home': { title: '区市首页', text: '上面是等您处理的事，点开就到相应页面；下面是本学期到访情况和规划指标。' },
      'office-coverage': { title: '指标覆盖', text: '选一项指标，看各区县完成多少、还有哪些地方没有覆盖。点地图上的区县只看那里，名单可导出表格。' },
      'office-reach': { title: '学校触达', text: '选学期和区县，名单列出还没有来过的学校，偏远和特殊教育学校排在前面。可按学段和特点筛选，可导出表格。' },
      'office-attendance': { title: '到访统计', text: '人次来自到馆核销。点“明细”可以看到每个数字由哪些预约组成。“未满足的需求”是想来而没能来的。' },
      'office-requests': { title: '送展申请', text: '不能马上安排的，选“暂缓”或“不能安排”并写明理由，申请单位会看到。能安排的在巡展计划里排进行程。' },
      'office-plan': { title: '巡展计划', text: '选日期后生成方案。每条行程都写了理由；去掉不要的，采纳其余的。采纳要么全部成功，要么都不改。' },
      'office-users': { title: '人员权限', text: '先选单位，再邀请人员或调整权限。邀请后会出现一次性链接，请交给本人设置密码。改权限前要再次输入密码。' },
      'office-audit': { title: '操作记录', text: '谁在什么时候做了什么，来自系统的不可更改记录。' },
    },
  },
  en: {
    nav: { home: 'Home', coverage: 'Coverage', reach: 'Schools', attendance: 'Attendance', requests: 'Requests', fleet: 'Caravans', titles: 'Titles', assessments: 'Assessments', registers: 'Registers', users: 'People', campaigns: 'Campaigns', rounds: 'Term rounds' },
    district: 'District', wholeCity: 'Whole city', choose: 'Please choose', comma: ', ', or: ' or ', state: 'State', reason: 'Reason', people: '{count} people', count: '{count}', csv: 'Export table', asOf: 'As of {time}',
    stale: 'The registers could not be read just now; figures rest on the last reading.',
    period: { label: 'Period', autumn: 'Autumn term {year}', spring: 'Spring term {year}', year: 'Year {year}' },
    place: { kind: 'Kind of place', find: 'Find by name', which: 'Place', of: { city: 'Whole city', districts: 'District', towns: 'Town', venues: 'Venue', schools: 'School', organizations: 'Organization', caravans: 'Caravan' } },
    role: { city_admin: 'City administrator', district_admin: 'District administrator', coordinator: 'Volunteer coordinator', town_office: 'Town office', department: 'Department', venue_admin: 'Venue administrator', venue_staff: 'Venue staff', caravan_crew: 'Caravan crew', school_admin: 'School administrator', teacher: 'Teacher', volunteer: 'Volunteer', visitor: 'Visitor' },
    stage: { label: 'Stage', KINDERGARTEN: 'Kindergarten', PRIMARY: 'Primary', JUNIOR: 'Junior secondary', SENIOR: 'Senior secondary', NINE_YEAR: 'Nine-year', TWELVE_YEAR: 'Twelve-year', COMPLETE_SECONDARY: 'Complete secondary', VOCATIONAL: 'Vocational', SPECIAL: 'Special education' },
    trait: { label: 'Trait', REMOTE: 'Remote', ETHNIC: 'Ethnic area', POVERTY: 'Formerly poor area', RURAL: 'Rural', LEFT_BEHIND: 'Many left-behind children', OLD_REVOLUTIONARY: 'Old revolutionary area' },
    group: { MINORS: 'Young people', FARMERS: 'Farmers', URBAN_WORKERS: 'Workers', OFFICIALS: 'Officials', RESIDENTS: 'Residents' },
    bookingKind: { PERSON: 'Individual', FAMILY: 'Family', GROUP: 'Group', SCHOOL: 'School' },
    venueKind: {
      MUSEUM: 'Museum', SCENIC: 'Scenic area', CULTURAL: 'Cultural venue', ENTERPRISE: 'Company museum', RURAL_BASE: 'Rural base', DIGITAL: 'Digital museum', MOBILE_STOP: 'Touring stop', MOBILE_MUSEUM: 'Mobile museum', CARAVAN_FLEET: 'Caravan fleet', SCHOOL: 'School', OTHER: 'Other', VIRTUAL_MUSEUM: 'Virtual museum', COMMUNITY_ROOM: 'Community science room', GALLERY: 'Science gallery', E_STATION: 'E-station', READING_ROOM: 'Reading room', SCREEN: 'Science screen', NOTICE_BOARD: 'Notice board', SERVICE_STATION: 'Service station', COMMUNITY_HALL: 'Community hall', COMMUNITY_SCHOOL: 'Community school', MAKER_SPACE: 'Maker space', THEME_PARK: 'Theme park', PARK: 'Park', RESERVE: 'Nature reserve', HERITAGE: 'Heritage site', ZOO_GARDEN: 'Zoo or garden', RESEARCH_UNIT: 'Research unit', YOUTH_PALACE: 'Youth palace', SERVICE_CENTRE: 'Service centre', RURAL_SERVICE: 'Rural service', SCHOOL_ACTIVITY_ROOM: 'Shared school science room', PRACTICE_BASE: 'Practice base',
    },
    home: {
      title: 'Home', city: 'The city at a glance', todo: 'Waiting for you', term: 'This term', visits: 'Person-visits', plans: 'Indicators of the plans', details: 'Details', unreached: '{count} schools never came', factor: 'You have no second factor yet. Administrators should set one up.', factorGo: 'Set it up',
      task: { requests: 'Stop requests to answer', titles: 'Title applications', reports: 'Yearly reports', evaluations: 'Evaluations not filed' },
    },
    coverage: {
      title: 'Coverage', lead: 'How far the plans are met, and who is still without.', indicator: 'Indicator', target: 'Target', met: 'Progress', yes: 'Met', no: '{percent}% there', unknown: 'No data', source: 'source {source}', partial: 'Counts only what the venue system knows.', uncovered: 'Still without', who: 'Name', missing: 'Missing', anyVenue: 'A permanent science venue', allCovered: 'Everybody here is covered.', noList: 'This indicator has no work list.', csvAll: 'Export all districts',
    },
    reach: {
      title: 'Schools reached', lead: 'Which schools came to a venue, and which never did.', reached: 'Schools that came', percent: 'Share reached', persons: 'Person-visits of schools', byDistrict: 'By district', list: 'Schools', first: 'Served first', visits: '{visits} visits, {persons} people', never: 'Never came', before: 'Came earlier',
      colour: { label: 'Map shows', unreached: 'Schools not reached', percent: 'Share reached', personVisits: 'Person-visits' }, unit: { unreached: 'schools', percent: '%', personVisits: 'visits' },
      show: { label: 'Show', UNREACHED: 'Not reached', REACHED: 'Reached', ALL: 'All schools' }, none: { UNREACHED: 'Every school here has come.', REACHED: 'No school came in this period.', ALL: 'No schools in the register yet. Add them under Registers.' },
      column: { school: 'School', district: 'District', stage: 'Stage', traits: 'Traits', first: 'Served first', visits: 'Visits', persons: 'Person-visits', last: 'Last visit', before: 'Came before' },
    },
    attendance: {
      title: 'Attendance', lead: 'As counted at the doors; every number can be traced to its bookings.', what: 'What is counted', came: 'Person-visits', vain: 'Unmet demand', vainTitle: 'Unmet demand', byLabel: 'By', trace: 'Trace', traceOf: 'Behind the number: {what}', none: 'Nobody came in this period. Try another one.', noneVain: 'No unmet demand in this period.', other: 'Not told apart', checkIn: 'Checked in', persons: 'People', schools: 'Schools', unreached: 'Never reached',
      by: { BY_TARGET_GROUP: 'Group', BY_DISTRICT: 'District', BY_KIND: 'Kind', BY_EVENT: 'Event', BY_CAMPAIGN: 'Campaign', BY_PLACE: 'Place', BY_MONTH: 'Month', BY_DAY: 'Day', BY_SCHOOL: 'School', BY_SOURCE: 'Cause' },
      column: { personVisits: 'People', pupils: 'Pupils', adults: 'Adults', others: 'Others', bookings: 'Bookings' },
      source: { waitedInVain: 'Waited in vain', offerLost: 'Offer lost', wishNotGranted: 'Wish not granted' }, sourceKey: { WAITED_IN_VAIN: 'Waited in vain', OFFER_LOST: 'Offer lost', WISH_NOT_GRANTED: 'Wish not granted' },
    },
    requests: {
      title: 'Stop requests', lead: 'Where schools, villages and communities hope for a caravan.', none: 'No such requests.', days: 'Wished days', heads: 'People', classes: '{count} classes', site: 'Site', road: 'road {metres} m wide', parking: 'parking', noParking: 'no parking', power: '{kw} kW of power', outdoor: '{area} m² outdoors', indoor: '{area} m² indoors', note: 'Note', asked: 'Asked',
      answer: 'Answer', answerTo: 'Answer: {name}', yes: 'To say yes, plan a stop: the request is accepted by itself.', reply: { WAITING: 'Not now, perhaps later', REFUSED: 'Not possible' }, reasonHint: 'The one who asked reads it.', send: 'Send the answer', answered: 'Answer sent',
      state: { OPEN: 'Open', WAITING: 'Waiting', ACCEPTED: 'Planned', REFUSED: 'Refused', WITHDRAWN: 'Withdrawn', SERVED: 'Served', EXPIRED: 'Expired' },
    },
    plan: {
      title: 'Plan tours', lead: 'Tours reckoned from requests, ways and weights; what you adopt goes straight into the calendars.', first: 'First day', last: 'Last day', caravans: 'Caravans', caravansHint: 'None ticked: all that are active.', propose: 'Propose tours', proposals: 'Proposed tours ({count})', none: 'Nothing can be planned in these days.', worth: 'Worth {value}; first come, first served would be {greedy}, no plan exceeds {bound}.', value: 'worth {value}', why: 'Why', adopt: 'Adopt those ticked ({count})', adopted: '{count} tours adopted', toFleet: 'See the calendars', leftOut: 'Left out ({count})',
    },
    fleet: { none: 'No caravans yet.' },
    users: {
      title: 'People and roles', lead: 'Who may do what, and where.', invite: 'Invite somebody', inviteTo: 'Invite to {place}', inviteGo: 'Create the account and a link', person: 'Person', roles: 'Roles', role: 'Role', actions: 'Actions', open: 'Open', openOne: 'Open {name}', noName: 'No name', none: 'Nobody here yet. Invite somebody.', choosePlace: 'Choose a place first.', noRoles: 'You cannot give roles here.', displayName: 'Name', userName: 'User name', userNameHint: 'For the login, like wang-li; it cannot be changed.', since: 'Since', grant: 'Add a role', revoke: 'Revoke', revokeOne: 'Revoke {role} of {place}', revoked: 'Role revoked', disable: 'Disable the account', disabled: 'Account disabled', enable: 'Enable the account', reset: 'Link for a new password', factor: 'Reset the second factor', factorReason: 'Why', factorHint: 'It is recorded; all logins of this person end.', factorReset: 'Second factor reset', audit: 'What they did',
      state: { ACTIVE: 'Active', DISABLED: 'Disabled', ERASED: 'Erased' },
      link: { title: 'Hand this link to {who}', text: 'It is shown only now, works once, and until {until}. Hand it over in person or by a safe way.' },
    },
    audit: { title: 'Audit', ofPerson: 'What {name} did, and what was done to them', ofObject: 'Changes of {name}', first: 'From', last: 'To', time: 'When', who: 'Who', what: 'What', about: 'Of', none: 'Nothing was recorded in these days.', itself: 'By itself', you: 'me', service: 'a service', override: 'Rule set aside', of: { identity: 'Account', venue: 'Venues', event: 'Events', volunteer: 'Volunteering' } },
    rounds: { one: 'Wish of a term round' },
    help: {
      'office-home': { title: 'Home of the offices', text: 'Above is what waits for you; below the term so far and the indicators of the plans.' },
      'office-coverage': { title: 'Coverage', text: 'Choose an indicator to see each district and who is still without. Choose a tile to see one district; lists can be exported.' },
      'office-reach': { title: 'Schools reached', text: 'Choose a term and a district: the list has the schools that never came, remote and special ones first. Filter it, and export it as a table.' },
      'office-attendance': { title: 'Attendance', text: 'People as counted at the doors. "Trace" shows the bookings behind a number. Unmet demand is who wanted to come and could not.' },
      'office-requests': { title: 'Stop requests', text: 'What cannot be planned now is put off or refused, with a reason that the one who asked reads. Say yes by planning a stop.' },
      'office-plan': { title: 'Planning tours', text: 'Choose the days and let tours be proposed, each with its reasons. Untick what you do not want and adopt the rest: all or none.' },
      'office-users': { title: 'People and roles', text: 'Choose a place, then invite people or change roles. An invitation shows a link once: hand it over, it sets the first password. Your password is asked again before roles change.' },
      'office-audit': { title: 'Audit', text: 'Who did what and when, read from the records of the services, which cannot be changed.' },
    },
  },
} satisfies Words;
