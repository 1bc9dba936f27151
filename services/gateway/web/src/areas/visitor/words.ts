import type { Words } from '@/i18n';

export default {
  zh: {
    nav: { home: '首页', events: '活动', venues: '场馆', map: '地图', bookings: '我的预约' },
    online: '线上', onTour: '流动科普', district: '区县', wholeCity: '全市', onlyFree: '只看有名额的', people: '{count} 人', calendar: '加入日历',
    day: { today: '今天', tomorrow: '明天' },
    state: {
      open: '可预约', openFree: '可预约 · 余 {free}', fewFree: '名额不多 · 余 {free}', few: '名额不多', waiting: '已满 · 可候补', closed: '预约已截止', notYet: '预约未开放',
      opensAt: '{time} 开放预约', cancelled: '已取消', paused: '暂停预约', schools: '仅限学校预约', running: '正在进行', over: '已结束',
    },
    near: {
      ask: '按我的位置', stop: '不再用我的位置', cannot: '这台设备不能定位，请选择区县。', denied: '没有定位权限，请选择区县；也可在浏览器设置中允许后重试。', failed: '暂时定不了位，请选择区县或稍后重试。',
      metres: '约 {metres} 米', kilometres: '约 {kilometres} 公里',
    },
    home: {
      title: '今天和这一周的科普活动', lead: '选区县，或看看离您最近的，点一下就能预约。随便看看不用登录。', today: '今天 · {day}', tomorrow: '明天 · {day}', todayNothing: '今天没有需要预约的场次，场馆可能照常开放。', todayFull: '今天没有还有名额的场次。', wholeWeek: '看这一周的全部',
      standing: '这几天持续开放', later: '接下来', nothing: '近期还没有公布活动。可以先看看场馆。', districtNothing: '这个区县近期没有活动。换一个区县，或选“全市”。',
      nearest: '离我最近的场馆', venues: '场馆', noVenues: '这里还没有登记场馆。', allVenues: '全部场馆', allEvents: '按日期找活动', map: '看地图', next: '我的下一次参观', offer: '候补有名额了，请在期限内确认',
    },
    notices: { title: '出门前请留意', closed: '{when}闭馆：{why}', cancelled: '{when} 的场次已取消：{why}', paused: '{when} 的场次暂停预约：{why}' },
    events: {
      title: '找活动', from: '从哪天起', span: '看多久', days: { 1: '一天', 7: '一周', 14: '两周', 31: '一个月' }, earlier: '往前', later: '往后',
      found: '{sessions} 个场次，{events} 个持续开放的活动', nothing: '这段时间没有符合条件的活动。换个日期，或少选几个条件。',
    },
    event: {
      title: '活动', about: '主题与人群', when: '时间', where: '地点', online: '线上', watch: '在线观看', programme: '课程', toProgramme: '看课程介绍', rules: '参观须知', sessions: '场次',
      allOver: '所有场次都已结束。', noSessions: '还没有公布场次，开放时间内可直接到场。', noBookingOnline: '线上活动，无需预约。', retired: '这个活动已结束，不再安排新场次。',
    },
    session: {
      title: '场次', allOf: '全部场次', book: '预约', wait: '加入候补', myBooking: '看我的预约', why: '原因：{why}', schoolsOnly: '这一场只接受学校预约。', opens: '{time} 开放预约。', closes: '{time} 截止预约。',
      waitingParties: '前面有 {count} 组在候补。', party: '每组人数', partySize: '{min}–{max} 人', partyLeast: '至少 {min} 人',
    },
    alternatives: { title: '还有名额的其他场次', none: '近期没有其他合适的场次。' },
    there: { title: '怎么去', address: '地址', noAddress: '场馆还没有填写地址', place: '位置', about: '{place}（概略）', app: '用地图应用打开', copy: '复制名称和地址' },
    party: {
      title: '人数', adults: '成人', children: '儿童和学生', childrenHint: '18 岁以下', wheelchairs: '使用轮椅', wheelchairsHint: '已计入上面的人数', group: '按团体预约（超过家庭人数上限时）', split: '（成人 {adults}，儿童和学生 {children}）',
      problem: { none: '请填写人数。', few: '这一场每组至少 {min} 人。', many: '这一场每组最多 {max} 人。', wheelchairs: '使用轮椅的人数不能超过总人数。' },
    },
    terms: {
      title: '预约须知', party: '每组 {min} 到 {max} 人。', approval: '需场馆审核，名额先为您保留，最长 {hours} 小时内答复。', free: '{time} 之前可随时改人数或取消，不影响信用。',
      late: '此后取消记半次；没有取消也没有到场记一次。', marks: '{days} 天内累计 {marks} 次，{barred} 天内不能预约。', code: '入场时出示入场码，二维码或字母数字都可以。',
    },
    book: {
      title: '预约', waitTitle: '加入候补', phone: '联系电话', phoneHint: '场次有变时，场馆用它联系您', restored: '上次填写的内容还在。', send: '预约 {count} 人', wait: '候补 {count} 人',
      isFull: '这一场已约满，可以加入候补。', filled: '就在刚才，这一场约满了。您填的内容还在，可以直接加入候补。', tooFew: '只剩 {free} 个名额，不够 {count} 人。可以减少人数，或加入候补。', waitHow: '有人取消时按顺序递补，名额会为您保留一段时间，请在“我的预约”里确认。',
      notNow: '这一场现在不能预约。', waiting: '已加入候补，有名额时会通知您。', offered: '正好有名额，已为您保留，请确认。',
    },
    bookings: {
      title: '我的预约', upcoming: '即将参观', past: '以往的预约', waiting: '候补', none: '还没有预约。', find: '找活动', kept: '入场码已存在这台设备上，没有网络也能出示；退出登录后清除。', offline: '这台设备上保存的预约',
    },
    wait: { offered: '有名额了', until: '请在 {time} 前确认，过期会给下一位。', position: '排在第 {position} 位', take: '确认预约', decline: '不要了', leave: '退出候补', left: '已退出候补' },
    booking: {
      title: '预约', done: '预约成功', number: '编号 {number}', deadline: '改期限', freeUntil: '{time} 前可自由改人数或取消', freeOver: '已过自由更改期限（{time}）', change: '改人数', cancel: '取消预约',
      changed: '已改为 {count} 人', changedBack: '已改回 {count} 人', notChangedBack: '没能改回，仍是 {count} 人', lateChange: '已过自由更改期限，人数只能小幅调整。', saveChange: '改为 {count} 人',
      cancelTitle: '取消这次预约？', cancelText: '{count} 个名额会立即让给候补的人，取消后不能恢复。', cancelFree: '{time} 前取消不影响信用。', cancelLate: '已过自由取消期限，取消会记半次。', cancelGo: '确定取消', keep: '保留预约', cancelled: '已取消预约',
      sessionCancelled: '场次已取消', requested: '等待场馆审核，{time} 前答复，名额已为您保留。', held: '名额为您保留到 {time}，请确认。',
      state: { 1: '待确认', 2: '已预约', 3: '已入场', 4: '已取消', 5: '已过期', 6: '未到场', 45: '待审核', 46: '未通过' },
    },
    ticket: { qr: '入场二维码', code: '入场码', bright: '全屏出示', brightHint: '请把屏幕亮度调高，对准扫码口。' },
    feedback: {
      title: '这次参观怎么样？', content: '内容', staff: '工作人员', organization: '组织安排', comeAgain: '还会再来吗', marks: { 1: '1 很差', 2: '2 较差', 3: '3 一般', 4: '4 较好', 5: '5 很好' },
      remark: '想说的话', remarkHint: '只有场馆看得到，最多 300 字', missing: '请至少选一项。', send: '提交评价', thanks: '谢谢您的评价', given: '已评价，{time} 前可修改。', final: '已评价，谢谢。',
    },
    install: { text: '安装到桌面，没有网络也能出示入场码。', apple: '点浏览器的“分享”，再选“添加到主屏幕”，没有网络也能出示入场码。', no: '不用了' },
    venues: { title: '场馆', name: '名称', nameHint: '中文、英文、拼音或首字母，如 cqkjg', kind: '类型', none: '没有符合条件的场馆。少选几个条件试试。' },
    venue: {
      title: '场馆', openNow: '现在开放', closedNow: '现在未开放', closed: '闭馆', hours: '开放时间', week: '今后七天', lastEntry: '{time} 停止入场', provisional: '节假日安排还没有公布，以场馆通知为准。', on: '近期场次', nothingOn: '近期没有需要预约的场次，开放时间内可直接参观。',
      exhibitions: '展览', spaces: '展厅和教室', holds: '可容纳 {count} 人', stepFree: '无障碍', website: '官方网站', retired: '自 {day} 起不再作为科普场馆开放。',
    },
    exhibition: { title: '展览', permanent: '常设展览', days: '展期', halls: '展厅', partner: '合作方', noBooking: '展览无需单独预约，开放时间内可直接参观。', cancelled: '展览已取消：{why}' },
    programme: { grades: '适合', duration: '时长', minutes: '{minutes} 分钟', subjects: '学科', events: '近期安排', none: '近期没有安排。', forSchools: '这是馆校结合课程，由学校预约。', toSchools: '老师请到“学校”页' },
    map: {
      title: '场馆地图', lead: '点一个区县，看那里的场馆。', counts: '各区县场馆数', unit: '家', of: '{district}的场馆', all: '全部场馆', none: '这里还没有登记场馆。', elsewhere: '没有位置的场馆', here: '您在这里', pointsLabel: '{count} 家场馆的概略位置，编号与下面的列表一致',
      pointsNote: '位置是概略的，不能用来导航。',
    },
    search: {
      title: '搜索', label: '搜索活动和场馆', hint: '活动、场馆，拼音也行', date: '哪一天', nothing: '没有找到。换个说法，或少选几个条件。', sessions: '场次（{count}）', events: '活动（{count}）', venues: '场馆（{count}）', past: '已结束的活动',
    },
    theme: { title: '主题', 1: '节约能源资源', 2: '保护生态环境', 3: '保障安全健康', 4: '促进创新创造' },
    group: { title: '适合谁', 1: '青少年', 2: '农民', 3: '城镇劳动者', 4: '领导干部和公务员', 5: '社区居民' },
    eventKind: { 0: '活动', 1: '展览', 2: '讲座', 3: '动手活动', 4: '演出', 5: '竞赛', 6: '科普集市', 7: '活动', 8: '营地', 9: '开放日', 10: '科学家与媒体见面', 11: '科普大篷车', 12: '参观', 13: '培训', 14: '咨询' },
    venueKind: {
      0: '场馆', 1: '博物馆、科技馆', 2: '景区', 3: '文化场馆', 4: '企业', 5: '农村科普基地', 6: '数字科技馆', 7: '流动站点', 8: '流动科技馆', 9: '科普大篷车', 10: '学校', 11: '其他', 12: '虚拟科技馆', 13: '社区科普活动室', 14: '科普画廊',
      15: '科普中国e站', 16: '启明书屋', 17: '科普之窗', 18: '科普宣传栏', 19: '科普活动站', 20: '社区主题馆', 21: '社区大学', 22: '众创空间', 23: '主题公园', 24: '公园', 25: '自然保护区', 26: '文化遗产地', 27: '动植物园', 28: '科研机构',
      29: '青少年宫', 30: '综合服务中心', 31: '农村科普服务点', 32: '校际科技活动室', 33: '实践基地',
    },
    spaceKind: { 0: '场地', 1: '展厅', 2: '房间', 3: '院落', 4: '球幕厅', 5: '其他', 6: '实验室', 7: '剧场', 8: '教室', 9: '室外', 10: '大巴车位' },
    grade: { K1: '小班', K2: '中班', K3: '大班', 1: '一年级', 2: '二年级', 3: '三年级', 4: '四年级', 5: '五年级', 6: '六年级', 7: '七年级', 8: '八年级', 9: '九年级', 10: '高一', 11: '高二', 12: '高三', V1: '中职一年级', V2: '中职二年级', V3: '中职三年级' },
    rule: {
      WEEKLY_HOURS: '按每周时间', WEEKLY_CLOSING: '每周例行闭馆', HOLIDAY_HOURS: '节假日时间', HOLIDAY_CLOSING: '节假日闭馆', CLOSING_DAY_IN_HOLIDAY: '节假日期间照常开放', SHIFTED_CLOSING: '节后调整闭馆', MAKEUP_WORKDAY: '调休工作日',
      SPECIAL_OPENING: '特别开放', SPECIAL_CLOSING: '临时闭馆', BY_ANNOUNCEMENT: '以场馆公告为准', CLOSURE: '临时闭馆', RETIRED: '不再开放',
    },
    help: {
      find: { title: '怎么找活动', text: '首页列出今天和这一周的场次，名额随时更新。选一个区县会记在这台设备上；“按我的位置”只在您点了以后才定位，位置不保存。搜索可用中文、英文、拼音或首字母。' },
      book: { title: '怎么预约', text: '在场次页点“预约”，登录或注册后填写人数。同一个人同一场只能有一个预约。名额不够时可加入候补，有名额会为您保留一段时间，请在“我的预约”里确认。' },
      mine: { title: '入场码、改人数和取消', text: '“我的预约”里有每次参观的入场码，二维码和字母数字都能用，没有网络也能出示。期限之前可自由改人数或取消；取消后名额立即让给候补的人，不能恢复。' },
      venues: { title: '场馆和开放时间', text: '场馆页写明今天和今后七天的开放时间，以及为什么闭馆。地图上的方格和圆点只表示大致方位，不能用来导航。' },
    },
  },
  en: {
    nav: { home: 'Home', events: 'Events', venues: 'Venues', map: 'Map', bookings: 'My bookings' },
    online: 'Online', onTour: 'On tour', district: 'District', wholeCity: 'Whole city', onlyFree: 'Only with free places', people: 'People: {count}', calendar: 'Add to calendar',
    day: { today: 'Today', tomorrow: 'Tomorrow' },
    state: {
      open: 'Open', openFree: 'Open · {free} left', fewFree: 'Few left · {free}', few: 'Few left', waiting: 'Full · waiting list', closed: 'Booking has closed', notYet: 'Not open yet',
      opensAt: 'Booking opens {time}', cancelled: 'Cancelled', paused: 'Booking paused', schools: 'Schools only', running: 'Going on now', over: 'Over',
    },
    near: {
      ask: 'Near me', stop: 'Stop using my position', cannot: 'This device cannot say where it is. Choose a district.', denied: 'The position may not be used. Choose a district, or allow it in the settings of the browser and try again.', failed: 'The position could not be found just now. Choose a district or try again.',
      metres: 'about {metres} m', kilometres: 'about {kilometres} km',
    },
    home: {
      title: 'Science events today and this week', lead: 'Choose a district or what is near you, and book with a tap. Looking around needs no login.', today: 'Today · {day}', tomorrow: 'Tomorrow · {day}', todayNothing: 'No sessions to book today. Venues may be open as usual.', todayFull: 'No session with free places today.', wholeWeek: 'Show the whole week',
      standing: 'Open these days', later: 'Coming up', nothing: 'No events are announced yet. Have a look at the venues.', districtNothing: 'Nothing is on in this district. Choose another one, or the whole city.',
      nearest: 'Venues nearest to me', venues: 'Venues', noVenues: 'No venue is registered here yet.', allVenues: 'All venues', allEvents: 'Events by date', map: 'See the map', next: 'My next visit', offer: 'Places came free for you. Confirm them in time',
    },
    notices: { title: 'Before you set out', closed: 'is closed ({when}): {why}', cancelled: '{when} is cancelled: {why}', paused: '{when} cannot be booked just now: {why}' },
    events: {
      title: 'Events', from: 'From', span: 'For', days: { 1: 'One day', 7: 'A week', 14: 'Two weeks', 31: 'A month' }, earlier: 'Earlier', later: 'Later',
      found: 'Sessions: {sessions}. Events that stand open: {events}.', nothing: 'Nothing fits in this time. Choose other dates, or fewer conditions.',
    },
    event: {
      title: 'Event', about: 'Themes and people', when: 'When', where: 'Where', online: 'Online', watch: 'Watch online', programme: 'Programme', toProgramme: 'About the programme', rules: 'What visitors keep to', sessions: 'Sessions',
      allOver: 'All sessions are over.', noSessions: 'No sessions are announced. Just come while it is open.', noBookingOnline: 'An online event: no booking is needed.', retired: 'This event is over; there will be no more sessions.',
    },
    session: {
      title: 'Session', allOf: 'All sessions', book: 'Book', wait: 'Join the waiting list', myBooking: 'See my booking', why: 'Why: {why}', schoolsOnly: 'Only schools book this session.', opens: 'Booking opens {time}.', closes: 'Booking closes {time}.',
      waitingParties: 'Parties waiting already: {count}.', party: 'Size of a party', partySize: '{min} to {max} people', partyLeast: 'At least {min} people',
    },
    alternatives: { title: 'Other sessions with free places', none: 'There is no other session that fits.' },
    there: { title: 'How to get there', address: 'Address', noAddress: 'The venue gave no address yet', place: 'Position', about: '{place} (approximate)', app: 'Open in a map app', copy: 'Copy name and address' },
    party: {
      title: 'People', adults: 'Adults', children: 'Children and pupils', childrenHint: 'Under 18', wheelchairs: 'In wheelchairs', wheelchairsHint: 'Counted above already', group: 'Book as a group (more people than a family may be)', split: ' (adults: {adults}, children and pupils: {children})',
      problem: { none: 'Say how many people come.', few: 'A party here is at least {min} people.', many: 'A party here is at most {max} people.', wheelchairs: 'There cannot be more wheelchairs than people.' },
    },
    terms: {
      title: 'Terms of booking', party: 'A party is {min} to {max} people.', approval: 'The venue has to approve it. Your places are kept; the answer comes within {hours} {hours:hour|hours}.', free: 'Until {time} the number may be changed and the booking cancelled freely.',
      late: 'Cancelling later counts half a mark; not coming counts a whole one.', marks: 'With {marks} {marks:mark|marks} in {days} {days:day|days} there is no booking for {barred} {barred:day|days}.', code: 'Show the entry code at the door: the picture or the characters.',
    },
    book: {
      title: 'Book', waitTitle: 'Join the waiting list', phone: 'Contact phone', phoneHint: 'The venue reaches you by it when the session changes', restored: 'What you filled in last time is still here.', send: 'Book for {count}', wait: 'Wait for {count}',
      isFull: 'This session is full. You can join the waiting list.', filled: 'This session has just filled up. What you filled in is still here: you can join the waiting list.', tooFew: '{free} places are left, too few for {count}. Come with fewer, or join the waiting list.', waitHow: 'When somebody cancels, places are offered in order and kept for you for a while. Confirm them under "My bookings".',
      notNow: 'This session cannot be booked just now.', waiting: 'You are on the waiting list. We tell you when there are places.', offered: 'There are places after all, kept for you. Please confirm.',
    },
    bookings: {
      title: 'My bookings', upcoming: 'To come', past: 'Earlier', waiting: 'Waiting lists', none: 'No bookings yet.', find: 'Find events', kept: 'Entry codes are kept on this device, to be shown without a network. Logging out clears them.', offline: 'Kept on this device',
    },
    wait: { offered: 'Places for you', until: 'Confirm before {time}; then the next in line has them.', position: 'Number {position} in line', take: 'Confirm', decline: 'No, thanks', leave: 'Leave the waiting list', left: 'You left the waiting list' },
    booking: {
      title: 'Booking', done: 'Booked', number: 'Number {number}', deadline: 'Changes', freeUntil: 'Free to change or cancel until {time}', freeOver: 'The time of free changes is over ({time})', change: 'Change the number', cancel: 'Cancel the booking',
      changed: 'Changed to {count}', changedBack: 'Changed back to {count}', notChangedBack: 'It could not be changed back; it is {count} still', lateChange: 'The time of free changes is over: the number can move a little only.', saveChange: 'Change to {count}',
      cancelTitle: 'Cancel this booking?', cancelText: 'Its {count} {count:place|places} go to whoever waits at once; this cannot be undone.', cancelFree: 'Cancelling before {time} has no consequences.', cancelLate: 'The time of free cancelling is over: this counts half a mark.', cancelGo: 'Yes, cancel it', keep: 'Keep it', cancelled: 'The booking is cancelled',
      sessionCancelled: 'Session cancelled', requested: 'The venue looks at it and answers before {time}; your places are kept.', held: 'The places are kept for you until {time}. Please confirm.',
      state: { 1: 'To be confirmed', 2: 'Booked', 3: 'Checked in', 4: 'Cancelled', 5: 'Ran out', 6: 'Did not come', 45: 'To be approved', 46: 'Not approved' },
    },
    ticket: { qr: 'Entry code as a QR code', code: 'Entry code', bright: 'Show full screen', brightHint: 'Turn up the brightness and hold it to the scanner.' },
    feedback: {
      title: 'How was it?', content: 'Content', staff: 'Staff', organization: 'Organization', comeAgain: 'Will you come again?', marks: { 1: '1 poor', 2: '2 weak', 3: '3 fair', 4: '4 good', 5: '5 great' },
      remark: 'In your words', remarkHint: 'For the venue alone, at most 300 characters', missing: 'Answer at least one question.', send: 'Send', thanks: 'Thank you', given: 'You answered; it can be changed until {time}.', final: 'You answered. Thank you.',
    },
    install: { text: 'Install the app: entry codes show without a network.', apple: 'Tap "Share" in the browser and then "Add to Home Screen": entry codes show without a network.', no: 'No, thanks' },
    venues: { title: 'Venues', name: 'Name', nameHint: 'Chinese, English, pinyin or initials, like cqkjg', kind: 'Kind', none: 'No venue fits. Try fewer conditions.' },
    venue: {
      title: 'Venue', openNow: 'Open now', closedNow: 'Closed now', closed: 'Closed', hours: 'Opening hours', week: 'The next seven days', lastEntry: 'Last entry {time}', provisional: 'The holidays of the year are not announced yet; the venue says what holds.', on: 'Coming sessions', nothingOn: 'No sessions to book. Just come while it is open.',
      exhibitions: 'Exhibitions', spaces: 'Halls and rooms', holds: 'holds {count}', stepFree: 'step-free', website: 'Website', retired: 'Since {day} it is no science venue any more.',
    },
    exhibition: { title: 'Exhibition', permanent: 'Permanent', days: 'Shown', halls: 'Halls', partner: 'Partner', noBooking: 'No booking is needed. Just come while the venue is open.', cancelled: 'The exhibition is cancelled: {why}' },
    programme: { grades: 'For', duration: 'Length', minutes: '{minutes} {minutes:minute|minutes}', subjects: 'Subjects', events: 'Coming dates', none: 'No dates yet.', forSchools: 'This is for classes; schools book it.', toSchools: 'Teachers: to the page of schools' },
    map: {
      title: 'Map of venues', lead: 'Choose a district to see its venues.', counts: 'Venues by district', unit: 'venues', of: 'Venues in {district}', all: 'All venues', none: 'No venue is registered here yet.', elsewhere: 'Venues without a position', here: 'You are here', pointsLabel: 'About where {count} venues are, numbered as in the list below',
      pointsNote: 'Positions are approximate and not fit for finding the way.',
    },
    search: {
      title: 'Search', label: 'Search events and venues', hint: 'Events, venues, pinyin', date: 'On', nothing: 'Nothing was found. Try other words, or fewer conditions.', sessions: 'Sessions ({count})', events: 'Events ({count})', venues: 'Venues ({count})', past: 'Events that are over',
    },
    theme: { title: 'Theme', 1: 'Energy and resources', 2: 'Ecology', 3: 'Safety and health', 4: 'Innovation' },
    group: { title: 'For whom', 1: 'Young people', 2: 'Farmers', 3: 'Urban workers', 4: 'Officials', 5: 'Residents' },
    eventKind: { 0: 'Event', 1: 'Exhibition', 2: 'Lecture', 3: 'Workshop', 4: 'Show', 5: 'Contest', 6: 'Fair', 7: 'Event', 8: 'Camp', 9: 'Open day', 10: 'Scientists meet the press', 11: 'Science caravan', 12: 'Visit', 13: 'Training', 14: 'Advice' },
    venueKind: {
      0: 'Venue', 1: 'Museum', 2: 'Scenic area', 3: 'Cultural venue', 4: 'Company', 5: 'Rural science base', 6: 'Digital museum', 7: 'Mobile stop', 8: 'Mobile museum', 9: 'Science caravan', 10: 'School', 11: 'Other', 12: 'Virtual museum', 13: 'Community science room', 14: 'Street display',
      15: 'Science China e-station', 16: 'Qiming reading room', 17: 'Science Window', 18: 'Notice board', 19: 'Service station', 20: 'Community hall', 21: 'Community school', 22: 'Maker space', 23: 'Theme park', 24: 'Park', 25: 'Nature reserve', 26: 'Heritage site', 27: 'Zoo or garden', 28: 'Research unit',
      29: 'Youth palace', 30: 'Service centre', 31: 'Rural service', 32: 'Shared school science room', 33: 'Practice base',
    },
    spaceKind: { 0: 'Space', 1: 'Hall', 2: 'Room', 3: 'Yard', 4: 'Dome', 5: 'Other', 6: 'Laboratory', 7: 'Theatre', 8: 'Classroom', 9: 'Outdoors', 10: 'Bus bay' },
    grade: { K1: 'Kindergarten 1', K2: 'Kindergarten 2', K3: 'Kindergarten 3', 1: 'Grade 1', 2: 'Grade 2', 3: 'Grade 3', 4: 'Grade 4', 5: 'Grade 5', 6: 'Grade 6', 7: 'Grade 7', 8: 'Grade 8', 9: 'Grade 9', 10: 'Grade 10', 11: 'Grade 11', 12: 'Grade 12', V1: 'Vocational 1', V2: 'Vocational 2', V3: 'Vocational 3' },
    rule: {
      WEEKLY_HOURS: 'Weekly hours', WEEKLY_CLOSING: 'Weekly closing day', HOLIDAY_HOURS: 'Holiday hours', HOLIDAY_CLOSING: 'Closed on holidays', CLOSING_DAY_IN_HOLIDAY: 'Open during the holidays', SHIFTED_CLOSING: 'Closed after the holidays', MAKEUP_WORKDAY: 'Make-up working day',
      SPECIAL_OPENING: 'Special opening', SPECIAL_CLOSING: 'Closed on this day', BY_ANNOUNCEMENT: 'As the venue announces', CLOSURE: 'Closed for a time', RETIRED: 'Not open any more',
    },
    help: {
      find: { title: 'Finding events', text: 'The first page lists the sessions of today and this week, with places as they change. A district that you choose is remembered on this device; "Near me" looks for your position only when you tap it, and does not keep it. Search takes Chinese, English, pinyin or initials.' },
      book: { title: 'Booking', text: 'Tap "Book" on the page of a session, log in or register, and say how many come. One person has one booking in a session. When there are too few places you can wait; places that come free are kept for you for a while: confirm them under "My bookings".' },
      mine: { title: 'Entry codes, changes, cancelling', text: '"My bookings" has the entry code of each visit, as a picture and as characters, also without a network. Until the deadline the number may change freely and the booking be cancelled; places of a cancelled booking go to whoever waits at once.' },
      venues: { title: 'Venues and opening hours', text: 'The page of a venue says when it is open today and in the next seven days, and why it is closed. Tiles and points of the map show about where things are, and are not fit for finding the way.' },
    },
  },
} satisfies Words;
