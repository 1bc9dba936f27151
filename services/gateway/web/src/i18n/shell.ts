// Words that are always there.
import type { Words } from '.';

export default {
  zh: {
    shell: {
      name: '科普网', skip: '跳到正文', homes: '工作台', navigation: '导航', menu: '菜单与设置', more: '更多', close: '关闭', help: '帮助',
      login: '登录', logout: '退出登录', account: '我的账户', notices: '通知', language: '语言', bigText: '大字模式', install: '安装到桌面',
      loading: '正在加载…', nothing: '暂无内容', again: '重试', undo: '撤销', optional: '（选填）', save: '保存', cancel: '取消', back: '返回',
      edit: '修改', remove: '删除', search: '搜索', filter: '筛选', all: '全部', yes: '是', no: '否', print: '打印', more_: '加载更多', required: '必填',
      download: '下载', copy: '复制', copied: '已复制', fewer: '{name}减一', oneMore: '{name}加一',
      cartogram: { label: '区县方格图：{title}。同样的数字见旁边的列表。', note: '方格按各区县的大致方位排列，不表示实际边界。' },
      offline: '当前没有网络。已打开的内容仍可查看，签到会先存在本机，联网后自动上传。',
      chart: { csv: '导出表格', csvOf: '导出表格：{title}', table: '数据表', inTable: '数字见下方的数据表', none: '这段时间还没有数据。' },
      scan: {
        on: '打开摄像头扫码', off: '关闭摄像头', picture: '从图片识别', view: '摄像头画面', nothing: '图片里没有找到二维码。请换一张更清楚的，或者输入票码。',
        refused: '没有摄像头权限。可以输入票码，或选一张二维码图片；要用摄像头，请在浏览器设置里允许本网站使用。', none: '这台设备没有可用的摄像头。可以输入票码，或选一张二维码图片。',
      },
      factorOwed: '您的部分权限要输入动态验证码后才能使用。',
      scheme: { title: '外观', system: '跟随系统', light: '浅色', dark: '深色' },
      home: { visitor: '看活动', staff: '场馆工作', school: '学校', volunteer: '志愿服务', office: '区市管理' },
      update: { text: '有新版本可用。', now: '立即更新' },
      nowhere: { title: '找不到这个页面', text: '链接可能已失效，或者内容已被撤下。', back: '回到首页' },
      problem: { page: '页面打不开，请重试。', fetch: '没有取到页面文件，请检查网络后重试。', bug: '页面出了点问题，请刷新重试。' },
      history: { title: '变更记录', none: '还没有变更记录，或者您无权查看。', itself: '系统自动', you: '您', somebody: '同事', override: '破例', reason: '原因：{reason}', fields: '查看 {count} 项内容', withheld: '（不显示）' },
      confirm: { title: '请再次输入密码', text: '这一步涉及权限或账户安全，需要确认是您本人。', password: '密码', code: '动态验证码或恢复码', go: '确认' },
      refusal: {
        offline: '没有网络，请连接后重试。', noAnswer: '服务器没有回应，请稍后重试。', password: '需要再次输入密码才能继续。',
        safe: '可以放心重试：同一操作不会被重复执行。', other: '没有成功，请稍后重试。',
        code5: '没有找到，可能已被删除，或您无权查看。', code7: '您没有这个权限。', code8: '请求太频繁，请稍后再试。', code14: '服务暂时不可用，请稍后重试。', code16: '请先登录。', code4: '服务器回应太慢，请重试。',
      },
    },
  },
  en: {
    shell: {
      name: 'kepu', skip: 'Skip to content', homes: 'Homes', navigation: 'Navigation', menu: 'Menu and settings', more: 'More', close: 'Close', help: 'Help',
      login: 'Log in', logout: 'Log out', account: 'My account', notices: 'Notices', language: 'Language', bigText: 'Large text', install: 'Install the app',
      loading: 'Loading…', nothing: 'Nothing here yet', again: 'Try again', undo: 'Undo', optional: ' (optional)', save: 'Save', cancel: 'Cancel', back: 'Back',
      edit: 'Edit', remove: 'Remove', search: 'Search', filter: 'Filter', all: 'All', yes: 'Yes', no: 'No', print: 'Print', more_: 'Show more', required: 'Required',
      download: 'Download', copy: 'Copy', copied: 'Copied', fewer: 'One fewer: {name}', oneMore: 'One more: {name}',
      cartogram: { label: 'Districts as tiles: {title}. The list beside it has the same numbers.', note: 'Tiles lie roughly where the districts do; they show no boundaries.' },
      offline: 'There is no network. What is open can still be read; check-ins are kept on this device and sent when the network is back.',
      chart: { csv: 'Spreadsheet', csvOf: 'Spreadsheet of {title}', table: 'The numbers', inTable: 'The numbers are in the table below', none: 'Nothing in this time yet.' },
      scan: {
        on: 'Scan with the camera', off: 'Turn the camera off', picture: 'Read a picture', view: 'What the camera sees', nothing: 'No QR code was found in the picture. Take a sharper one, or type the code.',
        refused: 'The camera is not allowed. Type the code or choose a picture of it; to use the camera, allow it for this site in the browser.', none: 'This device has no camera to use. Type the code or choose a picture of it.',
      },
      factorOwed: 'Some of your rights wait for the code of your second factor.',
      scheme: { title: 'Looks', system: 'As the system', light: 'Light', dark: 'Dark' },
      home: { visitor: 'Visit', staff: 'Venue', school: 'School', volunteer: 'Volunteer', office: 'Office' },
      update: { text: 'A new version is ready.', now: 'Update now' },
      nowhere: { title: 'There is no such page', text: 'The link may be old, or what it led to was taken down.', back: 'To the first page' },
      problem: { page: 'The page did not open. Please try again.', fetch: 'The files of the page did not arrive. Check the network and try again.', bug: 'Something went wrong on this page. Please reload it.' },
      history: { title: 'Who changed what', none: 'Nothing is recorded yet, or it is not yours to see.', itself: 'by itself', you: 'you', somebody: 'a colleague', override: 'rule set aside', reason: 'Reason: {reason}', fields: 'Show {count} {count:detail|details}', withheld: '(not shown)' },
      confirm: { title: 'Enter your password again', text: 'This touches rights or the safety of an account, so we make sure that it is you.', password: 'Password', code: 'Code of the second factor, or a recovery code', go: 'Confirm' },
      refusal: {
        offline: 'There is no network. Connect and try again.', noAnswer: 'The server did not answer. Try again in a moment.', password: 'Your password is needed to go on.',
        safe: 'Trying again is safe: nothing is done twice.', other: 'That did not work. Try again in a moment.',
        code5: 'Not found: it may be gone, or not yours to see.', code7: 'You may not do this.', code8: 'Too many requests. Try again in a moment.', code14: 'The service is not available just now. Try again in a moment.', code16: 'Please log in first.', code4: 'The server took too long. Try again.',
      },
    },
  },
} satisfies Words;
