// The city as tiles: each district a square where it lies to its neighbours. Our own placement; it shows no boundary.
// [column, row] by the last part of the district's name.
export const tiles: Record<string, [number, number]> = {
  chengkou: [9, 0],
  kaizhou: [8, 1], yunyang: [9, 1], wuxi: [10, 1],
  liangping: [7, 2], wanzhou: [8, 2], fengjie: [9, 2], wushan: [10, 2],
  tongnan: [1, 3], hechuan: [2, 3], beibei: [3, 3], liangjiang: [4, 3], changshou: [5, 3], dianjiang: [6, 3], zhong: [7, 3],
  dazu: [0, 4], tongliang: [1, 4], bishan: [2, 4], shapingba: [3, 4], yuzhong: [4, 4], nanan: [5, 4], fuling: [6, 4], fengdu: [7, 4], shizhu: [8, 4],
  rongchang: [0, 5], yongchuan: [1, 5], jiangjin: [2, 5], jiulongpo: [3, 5], dadukou: [4, 5], banan: [5, 5], nanchuan: [6, 5], wulong: [7, 5], pengshui: [8, 5], qianjiang: [9, 5],
  qijiang: [5, 6], youyang: [9, 6],
  xiushan: [9, 7],
  // Of the years before they became Liangjiang.
  yubei: [4, 2], jiangbei: [4, 3],
};

// Two characters for a tile: "江津", "石柱", "忠县".
export function shortName(zh: string): string {
  const bare = zh.replace(/(土家族|苗族)*(自治)?[区县]$|新区$/u, '');
  return (bare.length > 1 ? bare : zh).slice(0, 3);
}
