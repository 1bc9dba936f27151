// Chinese as it is typed without an input method: pinyin without tones, and initials. Browsers sort Chinese by pinyin, so the
// first character of each syllable in that order is enough to read any other; rare readings are missed.
export interface Reading {
  whole: string; // "chongqingkejiguan"
  initials: string; // "cqkjg"
}

const collator = new Intl.Collator('zh-u-co-pinyin');
// Where each syllable begins.
const table = [...(
  '阿a哎ai安an肮ang凹ao八ba掰bai扳ban邦bang勹bao卑bei奔ben崩beng逼bi边bian灬biao憋bie玢bin冫bing拨bo逋bu嚓ca猜cai参can仓cang操cao' +
  '册ce岑cen噌ceng叉cha拆chai觇chan伥chang抄chao车che抻chen柽cheng吃chi充chong抽chou出chu揣chuai巛chuan疮chuang吹chui春chun' +
  '踔chuo呲ci匆cong凑cou粗cu汆cuan崔cui村cun搓cuo哒da呆dai丹dan当dang刀dao得de灯deng氐di掂dian刁diao爹die丁ding丢diu东dong都dou' +
  '嘟du端duan堆dui吨dun多duo婀e诶ei恩en儿er发fa帆fan匚fang飞fei分fen丰feng缶fou夫fu旮ga该gai甘gan冈gang皋gao戈ge给gei根gen庚geng工' +
  'gong勾gou估gu瓜gua乖guai关guan光guang归gui丨gun呙guo哈ha咳hai顸han夯hang蒿hao诃he黑hei痕hen亨heng轰hong侯hou乎hu花hua怀huai' +
  '欢huan肓huang灰hui昏hun耠huo丌ji加jia戋jian江jiang艽jiao阶jie巾jin京jing冂jiong纠jiu居ju娟juan噘jue军jun咔ka开kai刊kan康kan' +
  'g尻kao苛ke肯ken吭keng空kong抠kou刳ku夸kua蒯kuai宽kuan匡kuang亏kui坤kun扩kuo垃la来lai兰lan啷lang捞lao仂le勒lei塄leng哩li俩lia' +
  '奁lian良liang撩liao咧lie拎lin伶ling溜liu龙long娄lou噜lu娈luan掠lue抡lun罗luo妈ma埋mai颟man邙mang猫mao么me没mei门men虻meng咪m' +
  'i宀mian喵miao乜mie民min名ming谬miu摸mo哞mou毪mu拿na乃nai囡nan囔nang孬nao疒ne馁nei恁nen能neng妮ni拈nian娘niang鸟niao捏nie您ni' +
  'n宁ning妞niu农nong耨nou奴nu暖nuan疟nue挪nuo喔o讴ou趴pa拍pai潘pan乓pang抛pao呸pei喷pen怦peng丕pi偏pian剽piao氕pie姘pin乒ping钋' +
  'po剖pou仆pu七qi掐qia千qian呛qiang悄qiao且qie亲qin青qing邛qiong丘qiu区qu悛quan缺que逡qun蚺ran禳rang娆rao惹re人ren扔reng日ri戎' +
  'rong柔rou如ru阮ruan蕤rui闰run若ruo仨sa塞sai三san桑sang搔sao色se森sen僧seng杀sha筛shai山shan伤shang捎shao奢she谁shei申shen升' +
  'sheng尸shi收shou书shu刷shua衰shuai闩shuan双shuang水shui吮shun说shuo厶si忪song嗖sou苏su狻suan虽sui孙sun唆suo他ta胎tai坍tan' +
  '汤tang涛tao忑te疼teng剔ti天tian佻tiao帖tie厅ting通tong偷tou凸tu湍tuan推tui吞tun乇tuo挖wa歪wai弯wan汪wang危wei温wen翁weng挝wo' +
  '乌wu夕xi虾xia仙xian乡xiang枭xiao些xie心xin星xing凶xiong休xiu吁xu轩xuan削xue勋xun丫ya恹yan央yang幺yao掖ye一yi因yin应ying哟yo佣' +
  'yong优you纡yu鸢yuan曰yue晕yun匝za灾zai糌zan赃zang遭zao则ze贼zei怎zen增zeng扎zha斋zhai沾zhan张zhang钊zhao蜇zhe贞zhen争zheng' +
  '之zhi中zhong州zhou朱zhu抓zhua拽zhuai专zhuan妆zhuang隹zhui肫zhun拙zhuo孜zi宗zong邹zou租zu钻zuan嘴zui尊zun昨zuo'
).matchAll(/([^a-z])([a-z]+)/gu)].map(([, first, syllable]) => ({ first: first!, syllable: syllable! }));
const sorts = collator.compare('阿', '中') < 0 && collator.compare('中', '坐') < 0;

// Not read as their characters are read alone; as the services do.
const words: [string, string[]][] = [['重', ['chong']], ['长寿', ['chang', 'shou']], ['长江', ['chang', 'jiang']], ['音乐', ['yin', 'yue']], ['银行', ['yin', 'hang']]];

function syllableOf(character: string): string {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (collator.compare(table[middle]!.first, character) <= 0) low = middle + 1;
    else high = middle;
  }
  return table[low - 1]?.syllable ?? '';
}

export function readPinyin(text: string): Reading {
  const whole: string[] = [];
  let initials = '';
  const put = (syllable: string) => {
    whole.push(syllable);
    initials += syllable[0] ?? '';
  };
  for (let rest = text.toLowerCase(); rest; ) {
    const word = words.find(([one]) => rest.startsWith(one));
    const character = String.fromCodePoint(rest.codePointAt(0)!);
    if (word) word[1].forEach(put);
    else if (sorts && /[\u4e00-\u9fff]/.test(character)) put(syllableOf(character));
    else if (/[a-z0-9]/.test(character)) put(character);
    rest = rest.slice(word ? word[0].length : character.length);
  }
  return { whole: whole.join(''), initials };
}

// Part of a text, or its pinyin, or its initials from the beginning of a word on.
export function matches(texts: (string | undefined)[], wanted: string): boolean {
  const plain = wanted.trim().toLowerCase();
  if (!plain) return true;
  const latin = /^[a-z0-9' ]+$/.test(plain) ? plain.replace(/[' ]/g, '') : '';
  return texts.some((text) => {
    if (!text) return false;
    if (text.toLowerCase().includes(plain)) return true;
    if (latin.length < 2 || !/[\u4e00-\u9fff]/.test(text)) return false;
    const { whole, initials } = readPinyin(text);
    return whole.includes(latin) || initials.includes(latin);
  });
}
