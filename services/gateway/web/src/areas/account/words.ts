import type { Words } from '@/i18n';

export default {
  zh: {
    login: {
      title: '登录', userName: '用户名', password: '密码', code: '动态验证码或恢复码', codeHint: '此账户开启了双重验证。请输入验证器上的 6 位数字。',
      go: '登录', register: '注册新账户', forgot: '忘记密码？请找本单位管理员发一个重置链接。', back: '登录后会回到刚才的页面，已填的内容不会丢。',
    },
    register: {
      title: '注册', go: '注册并登录', login: '已有账户？去登录', userNameHint: '3 到 40 个字：小写字母、数字、汉字或 . _ - {\'@\'}', passwordHint: '至少 8 个字符，不能是常见密码，也不能与用户名相同。长一些比复杂更安全。',
      longEnough: '长度够了（{count} 个字符）。', tooShort: '至少 8 个字符，现在 {count} 个。', show: '显示密码', displayName: '称呼', displayNameHint: '现场工作人员这样称呼您', phone: '手机号', phoneHint: '场次有变时，场馆用它联系您',
    },
  },
  en: {
    login: {
      title: 'Log in', userName: 'User name', password: 'Password', code: 'Code of the second factor, or a recovery code', codeHint: 'This account has a second factor. Enter the 6 digits of your authenticator.',
      go: 'Log in', register: 'Make an account', forgot: 'Forgot the password? An administrator of your place can send you a link.', back: 'You come back to the page you were on; nothing you filled in is lost.',
    },
    register: {
      title: 'Make an account', go: 'Register and log in', login: 'There is an account already? Log in', userNameHint: '3 to 40 characters: small letters, digits, Chinese characters or . _ - {\'@\'}', passwordHint: 'At least 8 characters, not a common password and not the user name. Long is safer than complicated.',
      longEnough: 'Long enough ({count} characters).', tooShort: 'At least 8 characters; {count} so far.', show: 'Show the password', displayName: 'Name', displayNameHint: 'What staff call you at the door', phone: 'Phone', phoneHint: 'The venue reaches you by it when a session changes',
    },
  },
} satisfies Words;
