import type { Words } from '@/i18n';

export default {
  zh: {
    title: '我的账户', helpLead: '各页面怎么用，一看就会。',
    login: {
      title: '登录', userName: '用户名', password: '密码', code: '动态验证码或恢复码', codeHint: '此账户开启了双重验证。请输入验证器上的 6 位数字。',
      go: '登录', external: '用{name}登录', register: '注册新账户', forgot: '忘记密码？请找本单位管理员发一个重置链接。', back: '登录后会回到刚才的页面，已填的内容不会丢。',
    },
    register: {
      title: '注册', taken: '这个用户名已经有人用了，请换一个。', go: '注册并登录', login: '已有账户？去登录', userNameHint: '3 到 40 个字：小写字母、数字、汉字或 . _ - {\'@\'}', passwordHint: '至少 8 个字符，不能是常见密码，也不能与用户名相同。长一些比复杂更安全。',
      longEnough: '长度够了（{count} 个字符）。', tooShort: '至少 8 个字符，现在 {count} 个。', show: '显示密码', displayName: '称呼', displayNameHint: '现场工作人员这样称呼您', phone: '手机号', phoneHint: '场次有变时，场馆用它联系您',
    },
    set: {
      title: '设置密码', noLink: '链接不完整。请从收到的消息里完整打开它，或请管理员重新发一个。', done: '密码已设好，请用它登录。', password: '新密码',
      hint: '至少 8 个字符，越长越好，可以用一句话；可以粘贴，也可以用密码管理器。', again: '再输一次新密码', differs: '两次输入不一致', go: '设置密码',
    },
    profile: {
      title: '个人资料', name: '显示名', phone: '手机号', phoneHint: '只有您自己能看到，预约时可自动填入。', saved: '已保存', change: '修改密码', old: '现在的密码', wrong: '现在的密码不对。', changed: '密码已修改，其他设备需要重新登录',
    },
    logins: { title: '登录的设备', unknown: '未知设备', current: '本机', used: '最近使用：{time}', end: '结束登录', endOthers: '退出其他所有设备' },
    factor: {
      title: '双重验证', text: '登录时除密码外再输入手机验证器上的 6 位数字。市、区管理员必须开启。', withheld: '您的部分权限要开启双重验证后才能使用。',
      enrol: '开启双重验证', remove: '关闭双重验证', scan: '用验证器应用（任何支持 TOTP 的应用）扫描二维码：', picture: '双重验证二维码', typed: '不能扫描时手工输入密钥：', code: '验证器显示的 6 位数字', confirm: '确认开启',
      recovery: '已开启。请把下面的恢复码抄下来收好，每个只能用一次，以后不再显示：', noted: '我已抄好', wrong: '验证码不对，或者已经用过。请输入验证器上最新的 6 位数字。', removed: '双重验证已关闭，请重新登录', on: '已开启', off: '未开启', removeText: '关闭后所有设备都会退出登录，包括这一台。',
    },
    notices: { title: '通知', readAll: '全部标为已读', none: '还没有通知。预约和排班有变化时会出现在这里。', unread: '未读', open: '查看', why: '原因：{why}' },
    notice: {
      WAIT_LIST_OFFER: '候补到了名额，请在 {until} 前确认（场次 {start}）。', COUNTER_OFFER: '场馆建议换一个场次，请在 {until} 前答复。', SESSION_CANCELLED: '场次（{start}）已取消。',
      BOOKING_APPROVED: '预约已通过审核（场次 {start}）。', BOOKING_DECLINED: '预约未通过审核（场次 {start}）。', BOOKING_MOVED: '场馆把您的预约改到了 {start} 的场次。', SESSION_RESCHEDULED: '场次改期到 {start}，可免费取消。',
      SESSION_DISRUPTED: '场次（{start}）受场馆临时情况影响，请留意后续安排。', SESSION_RESTORED: '场次（{start}）恢复正常。', SESSION_HELD: '场次（{start}）因人手不足暂缓开放，请处理。',
      SHIFT_CANCELLED: '您的志愿班次已取消。', SHIFT_INVITED: '邀请您参加一个志愿班次。', SHIFT_MOVED: '您的志愿班次时间有调整。', SHIFT_OFFERED: '候补的志愿班次有了名额，请尽快确认。', SHIFT_RELEASED: '您的志愿班次名额已释放。',
      HOURS_RECORDED: '志愿时长已记录，等待确认。', HOURS_APPROVED: '志愿时长已确认。', HOURS_CORRECTED: '志愿时长有更正，可查看原因。', CONSENT_ENDING: '监护人同意书即将到期，请更新。', QUALIFICATION_ENDING: '一项培训资格即将到期，请续期。',
      ABSENCE_MARKED: '有一次班次被记为缺勤，如有异议请联系场馆。', reset_requested: '有人请求重置密码，请核实后处理。', other: '有一项内容发生了变化。',
    },
    help: {
      login: { title: '登录与密码', text: '用单位发的用户名和密码登录；第一次登录请打开管理员发来的链接设置密码。\n忘记密码：请本单位管理员重新发一个链接，链接只能用一次。\n登录过期后会回到原来的页面，填了一半的内容还在。' },
      account: { title: '我的账户', text: '可以改显示名、手机号和密码，查看并结束其他设备的登录，开启双重验证。' },
      notices: { title: '通知', text: '预约、候补、班次、时长有变化时会有通知。点“查看”直接到对应的页面。' },
    },
  },
  en: {
    title: 'My account', helpLead: 'How each page is used.',
    login: {
      title: 'Log in', userName: 'User name', password: 'Password', code: 'Code of the second factor, or a recovery code', codeHint: 'This account has a second factor. Enter the 6 digits of your authenticator.',
      go: 'Log in', external: 'Log in with {name}', register: 'Make an account', forgot: 'Forgot the password? An administrator of your place can send you a link.', back: 'You come back to the page you were on; nothing you filled in is lost.',
    },
    register: {
      title: 'Make an account', taken: 'This user name is taken. Please choose another.', go: 'Register and log in', login: 'There is an account already? Log in', userNameHint: '3 to 40 characters: small letters, digits, Chinese characters or . _ - {\'@\'}', passwordHint: 'At least 8 characters, not a common password and not the user name. Long is safer than complicated.',
      longEnough: 'Long enough ({count} characters).', tooShort: 'At least 8 characters; {count} so far.', show: 'Show the password', displayName: 'Name', displayNameHint: 'What staff call you at the door', phone: 'Phone', phoneHint: 'The venue reaches you by it when a session changes',
    },
    set: {
      title: 'Set a password', noLink: 'The link is not complete. Open it as it came in the message, or ask the administrator for another one.', done: 'The password is set. Log in with it.', password: 'New password',
      hint: 'At least 8 characters, the longer the better; a sentence will do. Pasting and password managers are welcome.', again: 'The new password again', differs: 'The two are not the same', go: 'Set the password',
    },
    profile: {
      title: 'About you', wrong: 'This is not your password now.', name: 'Name shown to others', phone: 'Phone', phoneHint: 'Only you see it; it is filled in when you book.', saved: 'Saved', change: 'Change the password', old: 'Present password', changed: 'The password is changed; other devices have to log in again',
    },
    logins: { title: 'Devices logged in', unknown: 'Unknown device', current: 'this one', used: 'Last used: {time}', end: 'Log it out', endOthers: 'Log out all other devices' },
    factor: {
      title: 'Second factor', text: 'At login, 6 digits of an authenticator on your phone beside the password. Administrators of the city and its districts need it.', withheld: 'Some of your rights wait until a second factor is set up.',
      enrol: 'Set up a second factor', remove: 'Remove the second factor', scan: 'Scan this with an authenticator (any that knows TOTP):', picture: 'QR code of the second factor', typed: 'Or type in the key:', code: 'The 6 digits it shows', confirm: 'Turn it on',
      recovery: 'It is on. Write these recovery codes down and keep them safe: each works once, and they are not shown again.', noted: 'I have noted them', wrong: 'The code is not right, or was used before. Enter the newest six digits.', removed: 'The second factor is off. Please log in again.', on: 'On', off: 'Off', removeText: 'All devices are logged out then, this one too.',
    },
    notices: { title: 'Notices', readAll: 'Mark all as read', none: 'No notices yet. Changes of your bookings and shifts appear here.', unread: 'new', open: 'Open', why: 'Reason: {why}' },
    notice: {
      WAIT_LIST_OFFER: 'A place came free. Take it before {until} (session {start}).', COUNTER_OFFER: 'The venue proposes another session. Please answer before {until}.', SESSION_CANCELLED: 'The session of {start} is cancelled.',
      BOOKING_APPROVED: 'Your booking is approved (session {start}).', BOOKING_DECLINED: 'Your booking was not approved (session {start}).', BOOKING_MOVED: 'The venue moved your booking to the session of {start}.', SESSION_RESCHEDULED: 'The session moved to {start}; you may cancel freely.',
      SESSION_DISRUPTED: 'The session of {start} is hit by something at the venue. More news will follow.', SESSION_RESTORED: 'The session of {start} goes on as planned.', SESSION_HELD: 'The session of {start} is held back for want of people. Please look at it.',
      SHIFT_CANCELLED: 'Your shift is cancelled.', SHIFT_INVITED: 'You are invited to a shift.', SHIFT_MOVED: 'The time of your shift has changed.', SHIFT_OFFERED: 'A place in a shift you waited for came free. Please confirm soon.', SHIFT_RELEASED: 'Your place in a shift was released.',
      HOURS_RECORDED: 'Your hours are noted and wait for approval.', HOURS_APPROVED: 'Your hours are approved.', HOURS_CORRECTED: 'Your hours were corrected; the reason is with them.', CONSENT_ENDING: 'A guardian\'s consent is about to end. Please renew it.', QUALIFICATION_ENDING: 'A qualification is about to end. Please renew it.',
      ABSENCE_MARKED: 'You were marked absent from a shift. Tell the venue if that is wrong.', reset_requested: 'Somebody asked for a new password. Please check and help.', other: 'Something of yours has changed.',
    },
    help: {
      login: { title: 'Login and password', text: 'Log in with the user name and password of your place. The first time, open the link that an administrator sent and set a password.\nForgotten: ask for another link; each works once.\nAfter an expired login you come back to the same page, and what was half filled in is still there.' },
      account: { title: 'My account', text: 'Change your name, phone and password, see and end logins on other devices, set up a second factor.' },
      notices: { title: 'Notices', text: 'Changes of bookings, wait lists, shifts and hours are told here. "Open" leads to the page.' },
    },
  },
} satisfies Words;
