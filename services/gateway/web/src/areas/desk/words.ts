import type { Words } from '@/i18n';

export default {
  zh: {
    nav: { inbox: '预约处理', door: '检票', day: '当日安排', crew: '大篷车', figures: '数据', hours: '志愿时长', feedback: '反馈与评估' },
    unnamed: '（未命名）', place: '场馆', today: '今天', csv: '导出表格',
    kind: { person: '个人', family: '家庭', group: '团体', school: '学校' },
    state: { held: '占位中', confirmed: '已确认', in: '已入场', cancelled: '已取消', expired: '已过期', noShow: '未到', requested: '待审批', declined: '未通过' },
    party: {
      adults: '成人', pupils: '学生', others: '其他', wheelchairs: '轮椅', open: '（', close: '）', and: '、',
      of: { all: '{n} 人', adults: '成人 {n}', pupils: '学生 {n}', others: '其他 {n}', wheelchairs: '轮椅 {n}' },
    },
    grade: { of: '{n} 年级', K1: '小班', K2: '中班', K3: '大班', V1: '中职一年级', V2: '中职二年级', V3: '中职三年级' },
    needs: { title: '特殊需要', hardOfHearing: '听障 {n} 人', lowVision: '视障 {n} 人', lunches: '午餐 {n} 份', buses: '大巴 {n} 辆', languages: '讲解语言：{list}' },
    inbox: {
      title: '预约处理', boxes: '分类', event: '活动', kind: '类型', offered: '已建议改期', until: '{time} 前处理',
      box: { requests: '待审批', papers: '待查材料', waiting: '候补', changed: '最近改动', appeals: '申诉', coming: '全部预约' },
      none: {
        requests: '没有待审批的预约。新的申请会自动出现在这里。', papers: '没有待查的材料。', waiting: '没有人在候补。场次满员后，候补的人会列在这里。',
        changed: '最近 7 天没有人改过人数或需要。', appeals: '没有待处理的申诉。', coming: '接下来的场次还没有预约。',
      },
    },
    booking: {
      session: '场次', party: '人数', state: '状态', until: '请在 {time} 前决定，逾期名额自动释放', made: '提交时间', byStaff: '由工作人员代订', offer: '建议的场次', offerUntil: '{title}，保留到 {time}', appeal: '申诉理由',
      approve: '批准', decline: '不批准', propose: '建议其他时间', proposeText: '点一个场次，名额会为对方保留到对方答复或到期；原申请暂时不变。', change: '修改人数', cancel: '取消预约', waive: '接受申诉，不计爽约', uphold: '不接受申诉',
      cancelText: '取消后名额立即放出，对方会收到通知。', reason: '理由', reasonHint: '对方会看到这段话。',
      reasonNames: { full: '接待满了', notOpen: '不开放', tooYoung: '年级不符', papers: '材料不全', late: '时间太近' },
      reasons: { full: '当天接待能力已满，欢迎改约其他日期。', notOpen: '该时段场馆不对外开放，欢迎改约其他时间。', tooYoung: '课程内容与所报年级不符，请查看课程说明后改约。', papers: '所需材料不全，请补齐后重新申请。', late: '离开场时间太近，来不及安排，请改约之后的场次。' },
      done: { approved: '已批准：{who}', declined: '已回复不批准：{who}', offered: '已向 {who} 建议其他时间', changed: '人数已修改：{who}', cancelled: '预约已取消：{who}', waived: '已接受申诉：{who}', upheld: '已回复不接受：{who}', left: '已移出候补：{who}' },
    },
    excuse: { weather: '天气', traffic: '交通', illness: '生病', schoolClosed: '学校停课', wasThere: '其实到了，门口没登记', other: '其他' },
    wait: { place: '候补第 {n} 位', offered: '已通知有位，等对方确认', remove: '移出候补', text: '有名额空出时，系统按顺序自动通知候补的人，不用手工操作。' },
    alternatives: { none: '没有其他有足够名额的场次。可以先新增场次，或写明理由不批准。', free: '余 {n}', unbounded: '不限名额' },
    papers: {
      title: '材料', none: '这一场不要求材料。', open: '查看文件', accept: '合格', reject: '退回', why: '退回理由（对方会看到）', accepted: '材料已通过', rejected: '材料已退回', version: '第 {n} 版，{time} 上传', last: '有效期至 {day}',
      kind: { letter: '单位公函', safetyPlan: '安全预案', insurance: '保险', bus: '车辆证明', authorization: '授权书', risk: '风险告知书' },
      state: { missing: '未提交', submitted: '待查', accepted: '合格', rejected: '已退回', expired: '已过期' },
    },
    roster: {
      title: '名单', none: '这一场还没有预约。', sum: '{parties} 组，共 {heads} 人', arrived: '已到 {n} 人，现场 {inside} 人', tick: '到', who: '来访者', class: '班级', party: '人数', adults: '成人', pupils: '学生', others: '其他', needs: '特殊需要', code: '票码', state: '状态', came: '入场时间', act: '操作', show: '查看', open: '查看 {who}',
      booked: '（预约 {n} 人）', really: '实到', noNeeds: '—', noCode: '未确认，暂无票码', override: '放行说明：{why}', printed: '打印于 {time}。停电断网时凭此单核对票码末六位，勾选并填写实到人数，恢复后补录。',
    },
    times: { title: '实际起止时间', text: '计划是 {span}。志愿者的时长按实际时间计算。', start: '实际开始', end: '实际结束', day: '日期', time: '时间', reason: '更正原因', done: '实际时间已登记', were: '实际进行：{span}' },
    day: {
      title: '当日安排', print: '打印当日表', before: '前一天', after: '后一天', day: '日期', sum: '{sessions} 场活动，预约 {heads} 人，{shifts} 个志愿班次', sessions: '场次', shifts: '志愿班次', caravans: '大篷车到访', none: '这一天没有场次。', noShifts: '这一天没有志愿班次。',
      time: '时间', what: '活动', room: '场地', noRoom: '未定', people: '预约/容量', groups: '学校班级', serve: '志愿者', role: '岗位', there: '到岗', signedUp: '{n}/{needed} 人', waiting: '候补 {n}', cancelled: '已取消', disrupted: '受影响', printed: '数据截至 {time}。',
    },
    doors: { title: '检票', lead: '选择要检票的场次。打开过的场次会把名单存在本机，断网也能验票。', none: '最近三天没有场次。', kept: '可离线', came: '已到 {n}' },
    door: {
      title: '检票', leave: '返回场次列表', soundOn: '声音：开', soundOff: '声音：关', online: '已联网', offline: '离线', queue: '{n} 条待上传', sending: '正在上传…', came: '已到 {came} / 预约 {expected}', opens: '{time} 开始检票，之前可以先核对票码和名单。', readAt: '名单更新于 {time}', send: '立即上传',
      offlineText: '网络断开，正在用本机名单验票；登记先存本机，联网后自动上传。', offlineNoList: '网络断开，而且本机没有这一场的名单：票码只能登记，联网后核对。',
      clockSlow: '本机时钟慢了约 {n} 分钟，登记已按服务器时间校正。请检查设备时间。', clockFast: '本机时钟快了约 {n} 分钟，登记已按服务器时间校正。请检查设备时间。',
      typed: '票码', typedHint: '完整票码或末六位', check: '验票', find: '找人', findWhat: '学校、班级或票码末几位', findNone: '没有找到。可以请对方出示二维码，或按散客入场。',
      walkIn: '散客入场', walkInText: '没有预约、有空位时可以入场，会按新预约登记。', walkInKind: '类型', walkInLabel: '散客', waiting: '本机待上传',
      act: { arrived: '入场', left: '离场', walkedIn: '散客入场', cameLater: '补到' },
    },
    verdict: {
      valid: '有效', used: '已用过', early: '未到时间', unknown: '待核实', wrong: '无效', usedAt: '{time} 已经入场', usedSome: '已经入场', opensAt: '票有效，{time} 开始检票', otherSession: '这是另一场的票：{title}，{time}', code: '票码末六位 {code}', really: '实到人数',
      letIn: '{n} 人入场', letInNoted: '先放行 {n} 人并登记', override: '带队成人不足仍放行的理由', inside: '现场还有 {n} 人', cameLater: '又来了人', left: '部分离场', allLeft: '全部离场', note: '登记 {n} 人', next: '下一位', placeOver: '提醒：馆内人数已超过规定 {n} 人。',
      done: { in: '请进', out: '已离场', more: '已补登', noted: '已登记，待上传' },
    },
    why: {
      ok: '', used: '', otherSession: '', notListed: '本机名单里没有，可能是新预约；联网后会核实', early: '还没到检票时间', ended: '这一场已经结束', cancelled: '这一场已取消', shape: '不是本站的票码', short: '没有以此结尾的票码', several: '有多张票以此结尾，请多输几位', madeUp: '票码不属于这一场，或不是真票',
      requested: '预约还没有批准', held: '预约还没有确认', expired: '占位已过期', declined: '预约没有通过', noShow: '已记为未到', bookingCancelled: '预约已取消',
    },
    report: {
      title: '{n} 条离线登记与系统不一致', text: '人已放行，记录都在；请核对后逐条处理。', duplicate: '这张票之前已在别处入场', noCode: '票码不属于这一场，或不是真票', refused: '系统没有接受这条登记', settled: '已处理',
      reason: { SESSION_FULL: '名额已满', SESSION_ENDED: '登记时这一场已结束', CHECK_IN_NOT_OPEN: '登记时还没到检票时间', WRONG_STATE: '预约当时不是已确认状态（可能已取消）', NOT_INSIDE: '现场没有这么多人可离场', PARTY_COMPLETE: '预约的人都已到齐', NOT_FOUND: '没有这个预约', SESSION_CANCELLED: '这一场已取消' },
    },
    crew: {
      title: '今日行程', which: '车辆', none: '您还没有负责的大篷车。请管理员把“随车人员”授权给您。', noStops: '这一天没有安排站点。可以换一天看看，或先清点车载展品。', home: '出发地', km: '{n} 公里', routeText: '{n} 站，单程共 {km} 公里，行车约 {min} 分钟。示意图不代表实际道路。',
      leave: '出发', drive: '{time} 前出发，{km} 公里，约 {min} 分钟', stays: '与上一站在同一地点，不用开车', there: '服务时间', who: '接待单位', expected: '预计 {n} 人', report: '站点报告', reached: '服务 {n} 人', noSession: '这一站没有预约场次，不用检票。', night: '当晚在外住宿。',
      state: { planned: '待前往', done: '已完成', missed: '未成行' }, missed: '这一站没有成行', reason: '原因', reasonHint: '对方会看到，申请会重新排队。', heads: '服务人数', odometer: '里程表读数（公里）', odometerHint: '上次读数 {n}', faults: '故障', faultsHint: '一行写一处', note: '备注', kept: '还没有送到。内容已留在本机，有网络后再点一次，不会重复登记。', reported: '站点报告已提交',
      vehicle: '车辆', plate: '车牌', service: '下次保养', serviceAt: '{km} 公里或 {day}', serviceDue: '该保养了', openFaults: '未修复故障', mileage: '登记里程和故障', send: '提交', noted: '已登记', repair: '安排维修', from: '开始', until: '结束', what: '维修内容', plan: '安排', planned: '维修已安排，期间不会排行程',
      kit: '车载展品清点', kitLeft: '还有 {n} 件未清点', kitAll: '已清点齐', noKit: '没有登记车载展品。', onBoard: '应在车上', isAt: '登记在：{place}', inStore: '登记在库房',
    },
    figures: {
      title: '数据', first: '从', last: '到', unknown: '—', other: '其他', month: '月份', district: '区县', visits: '人次', percent: '上座率', byMonth: '每月到访人次', byKind: '按类型的到访人次', byDistrict: '按区县的到访人次', districtText: '学校按所在区县，其他按活动所在区县。', fill: '各活动上座率', fillText: '占位、预约和到场的名额占总名额的比例，不含不限名额的场次。', missed: '预约与爽约', missedText: '已结束场次的预约组数。', cameParties: '到场', missedParties: '未到', service: '志愿服务小时', posts: '志愿岗位与报名', hoursServed: '服务小时', needed: '需要人次', signedUp: '已报名人次',
      tile: { visits: '到访人次', occupancy: '上座率', noShows: '爽约率', hours: '志愿服务小时', coverage: '志愿岗位到位率' },
    },
    hours: {
      title: '志愿时长审核', lead: '按班次审核。带提示的要逐条看，别人的更正申请也在这里。', none: '没有待审核的时长。班次结束、志愿者签退后会出现在这里。', volunteer: '志愿者 {tag}', amount: '{h} 小时', there: '{from}–{to}，计 {hours}', noEnd: '未签退', all: '无异常的 {n} 条全部通过', approve: '通过', other: '改时长', agree: '同意', refuse: '不同意', counted: '系统计 {hours}', minutes: '改为（分钟）', reason: '理由', reasonHint: '会写进志愿者的时长记录。', ran: '按场次实际时间应为 {hours}，可请志愿者提更正。', asksYou: '志愿者申请更正为 {hours}（现为 {now}）', asksThem: '已向志愿者提出改为 {hours}（现为 {now}），等对方答复',
      flag: { forgotten: '忘记签退', offline: '离线登记', clock: '设备时钟不准', late: '补录', ran: '场次时间有变' }, done: { approved: '时长已通过', all: '已全部通过', agreed: '已同意更正', refused: '已回复不同意' },
    },
    feedback: {
      title: '反馈与评估', lead: '看参加者的评价，登记场次实际时间，填写活动评估。', since: '从这一天起', none: '这段时间没有结束的场次。', given: '{n} 份反馈', answers: '{n} 人评', few: '{n} 人评，满 5 人才显示平均分', remarks: '看留言', noRemarks: '没有文字留言。', saidOn: '{day} 留言', sessions: '{n} 个场次', came: '到场 {n} 人', question: { content: '内容', staff: '服务', organization: '组织', come_again: '愿意再来' },
    },
    evaluation: {
      title: '活动评估', summary: '总结', problems: '问题', lessons: '改进', hint: { summary: '活动办得怎么样。', problems: '出了什么问题；没有就写“无”。', lessons: '下次怎么做得更好。', basis: '填了上面任何一项就要写，如“导播后台统计”。' }, declared: '另行申报的数字', declaredText: '没有检票统计的部分，不会与检票人次相加。', number: { visits: '未检票的参加人次', onlineViews: '线上观看次数', mediaReach: '媒体触达人次', volunteerHours: '志愿小时', costYuan: '经费（元）' }, basis: '数字来源', reports: '媒体报道', reportTitle: '标题', url: '网址', addReport: '添加报道', save: '保存草稿', look: '看统计结果', file: '提交评估', fileAgain: '更新已提交的评估', saved: '草稿已保存', filed: '评估已提交', filedAt: '已于 {time} 提交。修改后请再提交一次。', restored: '上次没写完的内容已恢复。', counted: '系统统计', wouldCount: '现在提交时的统计', visits: '检票人次', sessions: '场次', held: '举办 {n} 场，取消 {off} 场', places: '名额', schools: '到访学校', feedback: '收到反馈',
    },
    help: {
      'desk-inbox': { title: '处理预约', text: '“待审批”按最早到期排序。打开一条，可以批准、写明理由不批准，或点一个有位的场次建议改期；对方接受前名额会替对方留着。有人取消时，系统自动通知候补，不用手工操作。' },
      'desk-door': { title: '检票', text: '在“检票”里选场次，扫码、选图片或输入票码末六位。人数不同就改实到人数再点入场。断网时自动改用本机名单，联网后自动上传，有不一致会列出来。' },
      'desk-roster': { title: '名单', text: '看谁来、几个人、有什么需要。打印出来就是停电时的签到单，有票码和勾选框。结束后在这里登记实际起止时间。' },
      'desk-day': { title: '当日安排', text: '一天的场次、场地、学校和志愿班次。点“打印当日表”贴在前台。' },
      'desk-crew': { title: '大篷车随车', text: '看今天去哪几站、几点出发，清点车载展品，到站检票，离开时填站点报告和里程。没有网络也可以检票，登记会自动补传。' },
      'desk-hours': { title: '审核志愿时长', text: '没有提示的可以整班通过。改时长必须写理由，会记入志愿者的时长记录。' },
      'desk-figures': { title: '数据', text: '选一段时间，看到访、上座、爽约和志愿服务。每张图下面有数据表，可以导出表格。' },
      'desk-feedback': { title: '反馈与评估', text: '满 5 份评价才显示平均分。大型活动结束后要在这里填写并提交评估，检票数字由系统带入。' },
    },
  },
  en: {
    nav: { inbox: 'Inbox', door: 'Door', day: 'Day sheet', crew: 'Caravan', figures: 'Figures', hours: 'Volunteer hours', feedback: 'Feedback' },
    unnamed: '(no name)', place: 'Venue', today: 'Today', csv: 'Spreadsheet',
    kind: { person: 'Person', family: 'Family', group: 'Group', school: 'School' },
    state: { held: 'On hold', confirmed: 'Confirmed', in: 'Came in', cancelled: 'Cancelled', expired: 'Expired', noShow: 'Did not come', requested: 'To approve', declined: 'Not approved' },
    party: {
      adults: 'Adults', pupils: 'Pupils', others: 'Others', wheelchairs: 'Wheelchairs', open: ' (', close: ')', and: ', ',
      of: { all: '{n} people', adults: '{n} {n:adult|adults}', pupils: '{n} {n:pupil|pupils}', others: '{n} {n:other|others}', wheelchairs: '{n} in wheelchairs' },
    },
    grade: { of: 'grade {n}', K1: 'kindergarten 1', K2: 'kindergarten 2', K3: 'kindergarten 3', V1: 'vocational 1', V2: 'vocational 2', V3: 'vocational 3' },
    needs: { title: 'Needs', hardOfHearing: '{n} hard of hearing', lowVision: '{n} with low vision', lunches: '{n} {n:lunch|lunches}', buses: '{n} {n:bus|buses}', languages: 'guide in {list}' },
    inbox: {
      title: 'Inbox', boxes: 'What to do', event: 'Event', kind: 'Kind', offered: 'Other time proposed', until: 'decide by {time}',
      box: { requests: 'To approve', papers: 'Papers to check', waiting: 'Wait list', changed: 'Changed lately', appeals: 'Appeals', coming: 'All bookings' },
      none: {
        requests: 'Nothing to approve. New requests show up here by themselves.', papers: 'No papers to check.', waiting: 'Nobody waits. Who waits for a full session is listed here.',
        changed: 'Nobody changed numbers or needs in the last 7 days.', appeals: 'No open appeals.', coming: 'Nothing is booked for the sessions to come.',
      },
    },
    booking: {
      session: 'Session', party: 'Party', state: 'State', until: 'decide by {time}, then the places are free again', made: 'Asked', byStaff: 'booked by staff', offer: 'Proposed', offerUntil: '{title}, kept until {time}', appeal: 'Why they appeal',
      approve: 'Approve', decline: 'Decline', propose: 'Propose another time', proposeText: 'Choose a session: its places are kept for them until they answer or the offer ends. The request stays as it is meanwhile.', change: 'Change the number', cancel: 'Cancel the booking', waive: 'Accept: it does not count', uphold: 'Do not accept',
      cancelText: 'The places are free at once, and whoever booked is told.', reason: 'Reason', reasonHint: 'They will read this.',
      reasonNames: { full: 'Day is full', notOpen: 'Not open', tooYoung: 'Wrong grade', papers: 'Papers missing', late: 'Too soon' },
      reasons: { full: 'We cannot take more groups that day; please choose another date.', notOpen: 'We are not open then; please choose another time.', tooYoung: 'The course does not suit the grade; please see its description and choose another.', papers: 'Papers are missing; please ask again with all of them.', late: 'It is too soon for us to prepare; please choose a later session.' },
      done: { approved: 'Approved: {who}', declined: 'Declined: {who}', offered: 'Another time was proposed to {who}', changed: 'Number changed: {who}', cancelled: 'Cancelled: {who}', waived: 'Appeal accepted: {who}', upheld: 'Appeal not accepted: {who}', left: 'Taken off the wait list: {who}' },
    },
    excuse: { weather: 'Weather', traffic: 'Traffic', illness: 'Illness', schoolClosed: 'School was closed', wasThere: 'Was there; the door did not note it', other: 'Other' },
    wait: { place: 'Number {n} in line', offered: 'Places are offered; they have to confirm', remove: 'Take off the list', text: 'When places become free, whoever waits is offered them in order by themselves. There is nothing to do by hand.' },
    alternatives: { none: 'No other session has enough places. Plan another one first, or decline with a reason.', free: '{n} free', unbounded: 'No limit' },
    papers: {
      title: 'Papers', none: 'This session asks for none.', open: 'Look at it', accept: 'Accept', reject: 'Send back', why: 'Why (they will read this)', accepted: 'The paper is accepted', rejected: 'The paper was sent back', version: 'version {n}, sent {time}', last: 'holds until {day}',
      kind: { letter: 'Letter of the school', safetyPlan: 'Safety plan', insurance: 'Insurance', bus: 'Certificate of the bus', authorization: 'Authorization', risk: 'Risk form' },
      state: { missing: 'Missing', submitted: 'To check', accepted: 'Accepted', rejected: 'Sent back', expired: 'Expired' },
    },
    roster: {
      title: 'Roster', none: 'Nobody has booked this session yet.', sum: '{parties} {parties:party|parties}, {heads} people', arrived: '{n} came, {inside} inside', tick: 'Came', who: 'Who', class: 'Class', party: 'Party', adults: 'Adults', pupils: 'Pupils', others: 'Others', needs: 'Needs', code: 'Code', state: 'State', came: 'Came at', act: 'Act', show: 'Open', open: 'Open {who}',
      booked: '(booked {n})', really: 'Really came', noNeeds: '—', noCode: 'Not confirmed: no code yet', override: 'Let in because: {why}', printed: 'Printed {time}. Without power or network, check the last six characters of a code, tick who came with how many, and enter it afterwards.',
    },
    times: { title: 'When it really ran', text: 'Planned for {span}. Hours of volunteers follow what really happened.', start: 'Really began', end: 'Really ended', day: 'Day', time: 'Time', reason: 'Why it is corrected', done: 'The times are noted', were: 'Really ran: {span}' },
    day: {
      title: 'Day sheet', print: 'Print the day sheet', before: 'Day before', after: 'Day after', day: 'Day', sum: '{sessions} {sessions:session|sessions}, {heads} booked, {shifts} volunteer shifts', sessions: 'Sessions', shifts: 'Volunteer shifts', caravans: 'Caravans that come', none: 'No sessions on this day.', noShifts: 'No volunteer shifts on this day.',
      time: 'Time', what: 'Event', room: 'Room', noRoom: 'Not said', people: 'Booked / places', groups: 'Schools', serve: 'Volunteers', role: 'Role', there: 'People', signedUp: '{n} of {needed}', waiting: '{n} waiting', cancelled: 'Cancelled', disrupted: 'Something is in the way', printed: 'As of {time}.',
    },
    doors: { title: 'Door', lead: 'Choose the session. The list of a session that was opened stays on this device, so its door works without a network.', none: 'No sessions in the next three days.', kept: 'Works offline', came: '{n} came' },
    door: {
      title: 'Door', leave: 'Back to the sessions', soundOn: 'Sound on', soundOff: 'Sound off', online: 'Online', offline: 'Offline', queue: '{n} waiting to be sent', sending: 'Sending…', came: '{came} of {expected} came', opens: 'The door opens at {time}. Codes can be looked at before.', readAt: 'list of {time}', send: 'Send now',
      offlineText: 'No network: codes are checked by the list on this device. What you note is kept here and sent when the network is back.', offlineNoList: 'No network, and this device has no list of the session: codes are noted only, and checked later.',
      clockSlow: 'The clock of this device is about {n} {n:minute|minutes} slow. Times are corrected by the server; please set the clock.', clockFast: 'The clock of this device is about {n} {n:minute|minutes} fast. Times are corrected by the server; please set the clock.',
      typed: 'Code', typedHint: 'The whole code, or its last six', check: 'Check', find: 'Find somebody', findWhat: 'School, class, or the end of the code', findNone: 'Nobody found. Ask for the QR code, or let them in as walk-ins.',
      walkIn: 'Walk-in', walkInText: 'Who has no booking may come in while there is room, and is noted as a new booking.', walkInKind: 'Kind', walkInLabel: 'Walk-in', waiting: 'Kept on this device',
      act: { arrived: 'came in', left: 'left', walkedIn: 'walked in', cameLater: 'came later' },
    },
    verdict: {
      valid: 'Valid', used: 'Already used', early: 'Too early', unknown: 'Not known', wrong: 'Invalid', usedAt: 'Already used at {time}', usedSome: 'Came in before', opensAt: 'The code is good; the door opens at {time}', otherSession: 'For another session: {title}, {time}', code: 'Code ends with {code}', really: 'How many really came',
      letIn: 'Let {n} in', letInNoted: 'Let {n} in and note it', override: 'Why they come in with too few adults', inside: '{n} are inside', cameLater: 'More came', left: 'Some leave', allLeft: 'All leave', note: 'Note {n}', next: 'Next', placeOver: 'Mind: {n} more people are inside than the rules allow.',
      done: { in: 'Come in', out: 'Left', more: 'Noted', noted: 'Noted, to be sent' },
    },
    why: {
      ok: '', used: '', otherSession: '', notListed: 'Not in the list of this device: it may be a new booking, and is checked when the network is back', early: 'The door is not open yet', ended: 'The session is over', cancelled: 'The session was cancelled', shape: 'This is no code of ours', short: 'No code ends like this', several: 'Several codes end like this; type more of it', madeUp: 'Not a code of this session, or not a true one',
      requested: 'The booking is not approved yet', held: 'The booking is not confirmed yet', expired: 'The hold has expired', declined: 'The booking was not approved', noShow: 'Noted as not come', bookingCancelled: 'The booking was cancelled',
    },
    report: {
      title: '{n} of what was noted offline is otherwise in the system', text: 'They are inside, and nothing is lost. Please look at each.', duplicate: 'This code was used at another door before', noCode: 'Not a code of this session, or not a true one', refused: 'The system did not take it', settled: 'Settled',
      reason: { SESSION_FULL: 'No places were left', SESSION_ENDED: 'The session was over by then', CHECK_IN_NOT_OPEN: 'The door was not open yet', WRONG_STATE: 'The booking was not confirmed then; it may be cancelled', NOT_INSIDE: 'Not so many were inside', PARTY_COMPLETE: 'All who had booked were there', NOT_FOUND: 'There is no such booking', SESSION_CANCELLED: 'The session was cancelled' },
    },
    crew: {
      title: 'Stops of the day', which: 'Caravan', none: 'You go with no caravan yet. Ask an administrator to make you crew of one.', noStops: 'No stops on this day. Look at another one, or check what is on board.', home: 'Home', km: '{n} km', routeText: '{n} {n:stop|stops}, {km} km there, about {min} {min:minute|minutes} of driving. A sketch, not the roads.',
      leave: 'Leave', drive: 'by {time}; {km} km, about {min} {min:minute|minutes}', stays: 'where the stop before was', there: 'There', who: 'For', expected: '{n} expected', report: 'Report', reached: '{n} reached', noSession: 'This stop has no session to book, so there is no door.', night: 'The crew stays out overnight.',
      state: { planned: 'To come', done: 'Done', missed: 'Did not happen' }, missed: 'This stop did not happen', reason: 'Why', reasonHint: 'They read it, and their request waits again.', heads: 'People reached', odometer: 'Odometer (km)', odometerHint: 'Last {n}', faults: 'Faults', faultsHint: 'One in a line', note: 'Note', kept: 'It did not arrive yet. It is kept on this device; send it again when there is a network, it is never noted twice.', reported: 'The stop is reported',
      vehicle: 'The caravan', plate: 'Plate', service: 'Next service', serviceAt: 'at {km} km or on {day}', serviceDue: 'Service is due', openFaults: 'Open faults', mileage: 'Mileage and faults', send: 'Send', noted: 'Noted', repair: 'Plan a repair', from: 'From', until: 'Until', what: 'What is done', plan: 'Plan it', planned: 'The repair is planned; no tour takes the caravan then',
      kit: 'On board', kitLeft: '{n} not checked', kitAll: 'All there', noKit: 'Nothing is registered as on board.', onBoard: 'should be on board', isAt: 'registered at {place}', inStore: 'registered in store',
    },
    figures: {
      title: 'Figures', first: 'From', last: 'To', unknown: '—', other: 'Others', month: 'Month', district: 'District', visits: 'Visits', percent: 'Occupancy', byMonth: 'Visits by month', byKind: 'Visits by kind', byDistrict: 'Visits by district', districtText: 'Of a school its own district, of others that of the event.', fill: 'Occupancy by event', fillText: 'Places held, booked and used of all there are; sessions without a limit are left out.', missed: 'Who came and who did not', missedText: 'Parties of sessions that are over.', cameParties: 'Came', missedParties: 'Did not come', service: 'Hours of volunteers', posts: 'Posts of volunteers', hoursServed: 'Hours served', needed: 'Needed', signedUp: 'Signed up',
      tile: { visits: 'Visits', occupancy: 'Occupancy', noShows: 'No-shows', hours: 'Volunteer hours', coverage: 'Posts filled' },
    },
    hours: {
      title: 'Volunteer hours', lead: 'Approve them shift by shift. What is flagged is looked at one by one; corrections that volunteers ask for are here too.', none: 'Nothing to approve. Hours show up when a shift is over and people have checked out.', volunteer: 'Volunteer {tag}', amount: '{h} h', there: '{from}–{to}, counts {hours}', noEnd: 'no check-out', all: 'Approve all {n} that are plain', approve: 'Approve', other: 'Other hours', agree: 'Agree', refuse: 'Do not agree', counted: 'counted: {hours}', minutes: 'Minutes', reason: 'Reason', reasonHint: 'It is written into the record of the volunteer.', ran: 'By when the session really ran it would be {hours}; a correction sets it right.', asksYou: 'The volunteer asks for {hours} (now {now})', asksThem: 'The volunteer was asked to agree to {hours} (now {now})',
      flag: { forgotten: 'Check-out forgotten', offline: 'Noted offline', clock: 'Clock was wrong', late: 'Entered later', ran: 'Session ran otherwise' }, done: { approved: 'Hours approved', all: 'All approved', agreed: 'Correction agreed', refused: 'Correction declined' },
    },
    feedback: {
      title: 'Feedback and records', lead: 'What people say, when sessions really ran, and the record of an event.', since: 'Since', none: 'No session ended in this time.', given: '{n} {n:answer|answers}', answers: '{n} {n:answer|answers}', few: '{n} {n:answer|answers}; a mean is shown from five on', remarks: 'Remarks', noRemarks: 'Nobody wrote a remark.', saidOn: 'written {day}', sessions: '{n} {n:session|sessions}', came: '{n} came', question: { content: 'Content', staff: 'Staff', organization: 'Organization', come_again: 'Would come again' },
    },
    evaluation: {
      title: 'Record of the event', summary: 'How it went', problems: 'What went wrong', lessons: 'What to do otherwise', hint: { summary: 'In a few sentences.', problems: 'Or that nothing did.', lessons: 'For the next time.', basis: 'Needed with any of the numbers above.' }, declared: 'Declared numbers', declaredText: 'What no door counted. It is never added to what was counted.', number: { visits: 'People not counted', onlineViews: 'Views online', mediaReach: 'Reached by media', volunteerHours: 'Volunteer hours', costYuan: 'Cost (yuan)' }, basis: 'Where they come from', reports: 'In the media', reportTitle: 'Title', url: 'Address', addReport: 'Add a report', save: 'Save the draft', look: 'See what is counted', file: 'File the record', fileAgain: 'File it again', saved: 'The draft is saved', filed: 'The record is filed', filedAt: 'Filed {time}. After a change, file it again.', restored: 'What you had begun is here again.', counted: 'What was counted', wouldCount: 'What would be counted now', visits: 'Visits', sessions: 'Sessions', held: '{n} held, {off} called off', places: 'Places', schools: 'Schools', feedback: 'Feedback',
    },
    help: {
      'desk-inbox': { title: 'Bookings that come in', text: 'What ends first stands first. Open one to approve it, decline it with a reason, or propose another session with one tap; its places are kept until they answer. When somebody cancels, who waits is offered the places by the system.' },
      'desk-door': { title: 'The door', text: 'Choose the session, then scan, choose a picture, or type the last six characters of a code. Correct the number when others came. Without a network the list on this device is used; everything is sent afterwards, and what does not match is shown.' },
      'desk-roster': { title: 'Rosters', text: 'Who comes, how many, and what they need. On paper it is the door of a power cut, with codes and boxes. Afterwards say here when the session really ran.' },
      'desk-day': { title: 'The day sheet', text: 'The sessions, rooms, schools and shifts of a day, to print and hang up.' },
      'desk-crew': { title: 'With the caravan', text: 'Where to today and when to leave, what has to be on board, the doors of the stops, and the report of each stop with the odometer. Doors work without a network.' },
      'desk-hours': { title: 'Hours of volunteers', text: 'What is plain is approved for the whole shift. Other hours need a reason, which stands in the record of the volunteer.' },
      'desk-figures': { title: 'Figures', text: 'Choose a time to see visits, occupancy, no-shows and service. Under each chart is the table of its numbers, which can be downloaded.' },
      'desk-feedback': { title: 'Feedback and records', text: 'Means are shown from five answers on. A large event ends with a record that is written and filed here; what the doors counted comes in by itself.' },
    },
  },
} satisfies Words;
