import type { Words } from '@/i18n';

export default {
  zh: {
    login: {
      title: '登录', userName: '用户名', password: '密码', code: '动态验证码或恢复码', codeHint: '此账户开启了双重验证。请输入验证器上的 6 位数字。',
      go: '登录', register: '注册新账户', forgot: '忘记密码？请找本单位管理员发一个重置链接。', back: '登录后会回到刚才的页面，已填的内容不会丢。',
    },
  },
  en: {
    login: {
      title: 'Log in', userName: 'User name', password: 'Password', code: 'Code of the second factor, or a recovery code', codeHint: 'This account has a second factor. Enter the 6 digits of your authenticator.',
      go: 'Log in', register: 'Make an account', forgot: 'Forgot the password? An administrator of your place can send you a link.', back: 'You come back to the page you were on; nothing you filled in is lost.',
    },
  },
} satisfies Words;
