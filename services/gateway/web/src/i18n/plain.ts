// Sentences of the services as people say them: times of the city instead of UTC, states in words, and nothing of how programs
// call the services. Names of things are put in before (api/names.ts). Pure but for the language and the year.
import { type Language, language } from '.';
import { at, dayText, dayTimeText, today } from './time';

// What services call the states, kinds and levels of things. English words where they are not the same in small letters.
const chinese: Record<string, string> = {
  ACTIVE: '使用中', IN_REPAIR: '维修中', RETIRED: '已停用', PLANNED: '已排期', RUNNING: '进行中', DONE: '已完成', MISSED: '未成行', OPEN: '开放中', WAITING: '等候中', ACCEPTED: '已安排', REFUSED: '已谢绝', WITHDRAWN: '已撤回', SERVED: '已服务',
  EXPIRED: '已过期', DRAFT: '草稿', PUBLISHED: '已发布', SCHEDULED: '已排期', CANCELLED: '已取消', DROPPED: '已放弃', CLOSED: '已结束', ENDED: '已结束', HELD: '暂占', CONFIRMED: '已确认', CHECKED_IN: '已签到', CHECKED_OUT: '已签退', NO_SHOW: '未到',
  REQUESTED: '待审核', NOT_APPROVED: '未批准', SIGNED_UP: '已报名', SHIFT_CANCELLED: '班次已取消', RELEASED: '已释放', INVITED: '已邀请', DECLINED: '已谢绝', HANDED_OVER: '已换人', OFFERED: '有名额待领', TAKEN: '已领取', LEFT: '已退出',
  APPLIED: '已申请', DISTRICT_RECOMMENDED: '区县已推荐', EXPERT_REVIEWED: '专家已评审', PUBLICIZED: '公示中', NAMED: '已命名', REJECTED: '未通过', RECTIFYING: '整改中', RECTIFICATION_OVERDUE: '整改逾期', REVOKED: '已撤销', SUBMITTED: '已提交',
  DISTRICT_REVIEWED: '区县已审', ASSESSED: '已评定', MISSING: '未提交', ISSUED: '已开具', REPLACED: '已换发', MARKED: '已记录', APPEALED: '申诉中', UPHELD: '维持', LIFTED: '已撤销', WAIVED: '已免除', PROPOSED: '待确认', AGREED: '已签订',
  STAFFED: '人员已齐', CALLED_OFF: '因缺人取消', GOES_AHEAD: '照常举行', OPENING: '即将开放', DRAWING: '抽签中', DRAWN: '已抽签', APPLYING: '登记中', RELEASING: '释放中', CANCELLING: '取消中', REGISTERED: '已登记', PASSED: '通过', FAILED: '未通过',
  ABSENT: '缺席', SESSION_CANCELLED: '培训已取消', CARAVAN: '大篷车', MOBILE_MUSEUM: '流动科技馆', PERSON: '个人', FAMILY: '家庭', GROUP: '团体', SCHOOL: '学校', EXHIBITION: '展览', SESSION: '场次', MAINTENANCE: '维护', OTHER: '其他',
  URBAN_COMMUNITY: '城市社区', ADMINISTRATIVE_VILLAGE: '行政村', STARS: '星级', POINTS: '积分', BENEFITS: '激励', ABSENCE: '缺席', PRACTICE: '社会实践',
  TITLE_LEVEL_DISTRICT: '区县级', TITLE_LEVEL_MUNICIPAL: '市级', TITLE_LEVEL_NATIONAL: '国家级', DISTRICT: '区县级', MUNICIPAL: '市级', NATIONAL: '国家级', BASE_LEVEL_NONE: '无', BASE_LEVEL_DISTRICT: '区县级', BASE_LEVEL_MUNICIPAL: '市级', BASE_LEVEL_NATIONAL: '国家级', BASE_LEVEL_REVOKED: '已撤销',
  PAPER_KIND_LETTER: '介绍信', PAPER_KIND_SAFETY_PLAN: '安全预案', PAPER_KIND_INSURANCE: '保险证明', PAPER_KIND_BUS_CERTIFICATE: '车辆证明', PAPER_KIND_AUTHORIZATION: '授权书', PAPER_KIND_RISK_FORM: '风险告知书',
};
const english: Record<string, string> = { NO_SHOW: 'absent', PUBLICIZED: 'in public notice', RECTIFYING: 'to be put right', RECTIFICATION_OVERDUE: 'overdue to be put right', TAKEN: 'taken', GOES_AHEAD: 'going ahead', PERSON: 'a person', FAMILY: 'a family', GROUP: 'a group', SCHOOL: 'a school' };
// What something is that has no name of its own, by where it lies.
const kinds: Record<string, [string, string]> = {
  users: ['工作人员', 'a colleague'], volunteers: ['志愿者', 'a volunteer'], shifts: ['班次', 'the shift'], signups: ['报名', 'the sign-up'], bookings: ['预约', 'the booking'], waitEntries: ['候补', 'the place in the wait list'], sessions: ['场次', 'the session'], series: ['系列', 'the series'],
  events: ['活动', 'the event'], programmes: ['课程', 'the programme'], courses: ['课程', 'the course'], venues: ['场馆', 'the venue'], spaces: ['场地', 'the space'], allocations: ['占用', 'another use'], exhibitions: ['展览', 'the exhibition'], closures: ['闭馆安排', 'the closure'],
  caravans: ['大篷车', 'the caravan'], tours: ['行程', 'the tour'], stops: ['站点', 'the stop'], stopRequests: ['申请', 'the request'], maintenances: ['检修', 'the maintenance'], titles: ['称号', 'the title'], assessments: ['年度考核', 'the assessment'], objections: ['异议', 'the objection'],
  evaluations: ['活动评估', 'the evaluation'], visitDays: ['参观日', 'the visit day'], rounds: ['志愿轮次', 'the round'], openings: ['排队预约', 'the opening'], teams: ['队伍', 'the team'], posts: ['岗位', 'the post'], exhibits: ['展品', 'the exhibit'], routes: ['线路', 'the route'], campaigns: ['主题活动', 'the campaign'],
  schools: ['学校', 'the school'], communities: ['社区', 'the community'], villages: ['行政村', 'the village'], towns: ['乡镇', 'the town'], districts: ['区县', 'the district'], organizations: ['单位', 'the organization'], feedback: ['评价', 'the feedback'], duties: ['任务', 'the duty'], certificates: ['证书', 'the certificate'],
  roles: ['岗位', 'the role'], shiftPlans: ['排班方案', 'the plan'], callOuts: ['召集', 'the call-out'], lectureRequests: ['报告申请', 'the lecture request'], experts: ['专家', 'the expert'], custodies: ['展品去向', 'the custody'], appeals: ['申诉', 'the appeal'], swaps: ['换班', 'the swap'],
};
export const kindOf = (name: string) => {
  const parts = name.split('/');
  const collection = parts[parts.length - (parts.length % 2 ? 1 : 2)] ?? '';
  return kinds[collection]?.[language() === 'zh' ? 0 : 1] ?? '';
};
export const collections = Object.keys(kinds);
const prefix = /^(?:TITLE_LEVEL|BASE_LEVEL|PAPER_KIND)_/;
const valueText = (value: string, into: Language) => (into === 'zh' ? chinese[value] : value in chinese ? (english[value] ?? value.replace(prefix, '').toLowerCase().replaceAll('_', ' ')) : undefined) ?? value;
export const knowsValue = (value: string) => value in chinese;

// What is missing before a step, and who may take one: lists of fields and roles.
const items: Record<string, [string, string]> = {
  themes: ['主题', 'themes'], target_groups: ['面向人群', 'whom it is for'], subject: ['学科领域', 'a subject'], form: ['活动形式', 'a form'], topics: ['话题', 'topics'], district: ['所在区县', 'a district'], lead_unit: ['主办单位', 'an organizer'], lead_units: ['主办单位', 'organizers'],
  mode: ['线上或线下', 'online or on site'], place: ['地点', 'a place'], start_time: ['开始和结束时间', 'a start and an end'], safety_rules: ['安全须知', 'safety rules'], 'start_time and end_time more than a day apart': ['相隔一天以上的开始和结束时间', 'a start and an end more than a day apart'],
  'a caravan or its stop as place': ['以大篷车或其站点为地点', 'a caravan or its stop as place'], 'the mode ONLINE or HYBRID': ['改为线上或线上线下结合', 'to be online, or both'], 'first_date and last_date': ['起止日期', 'a first and a last day'],
  summary: ['总结', 'a summary'], problems: ['问题', 'what went wrong'], lessons: ['改进', 'what to do otherwise'],
  city_admin: ['市级管理员', 'a city administrator'], district_admin: ['区县管理员', 'a district administrator'], coordinator: ['志愿者协调员', 'a volunteer coordinator'], department: ['部门工作人员', 'a department'], town_office: ['乡镇街道工作人员', 'a town office'], venue_admin: ['场馆管理员', 'a venue administrator'],
  venue_staff: ['场馆工作人员', 'venue staff'], caravan_crew: ['大篷车队员', 'a caravan crew'], school_admin: ['学校管理员', 'a school administrator'], teacher: ['教师', 'a teacher'], volunteer: ['志愿者', 'a volunteer'], visitor: ['公众', 'a visitor'], 'an access rule': ['授权', 'a right to it'],
};
export const knowsItem = (item: string) => item in items;
const lists: Record<Language, RegExp> = { zh: /(?<=尚缺：|操作的权限；需要：)[^。]+(?=。)/, en: /(?<=(?:published|filed) before it has: |may not do this; it takes )[^.]+(?=\.)/ };
const listText = (list: string, into: Language) => list.split(', ').map((one) => items[one]?.[into === 'zh' ? 0 : 1] ?? one).join(into === 'zh' ? '、' : ', ');

// What is said to programs, as it is said to people.
const phrases: Record<Language, [RegExp, string][]> = {
  zh: [
    [/请?用同一 request_id 再次查询/g, '请再试一次'], [/；修改请用同一 request_id 再试/g, '，请再试一次'], [/请用新的 request_id( 重试)?/g, '请重新操作'], [/request_id 已用于另一个请求，请换一个新的/g, '这一步已经做过，请重新操作'],
    [/，或在 cancel_bookings 中列出要取消的预约/g, '，或先取消这些预约'], [/（:replan，without）/g, ''], [/；可设 skip_taken 跳过/g, '；可以跳过这些日期'], [/（:\w+）/g, ''], [/；可在场馆资料 overrides_allowed 中放开/g, '；可由场馆管理员在场馆资料中放开'], [/（\? 为未登记）/g, ''], [/(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)/g, '$1 至 $2'],
  ],
  en: [
    [/;? ?send the same request_id again to learn it/g, '; try again'], [/;? ?send a change again with the same request_id/g, '; try again'], [/;? ?(?:use|try again with) a new request_id/g, '; do it anew'], [/This request_id was used for a different request/g, 'This step was done already'],
    [/, or name the bookings to let go in cancel_bookings/g, ', or cancel these bookings first'], [/ \(:replan with `without`\)/g, ''], [/, or skip_conflicts\./g, ', or leave these out.'], [/ Set skip_taken to leave those dates out\./g, ' Those dates can be left out.'], [/ \(:\w+\)/g, ''], [/an override_reason/g, 'a reason'], [/its overrides_allowed would have to name it/g, 'its administrators can allow it'], [/ \(\? is: not entered\)/g, ''],
    [/plan a SERVICE that/g, 'plan a service that'], [/(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)/g, '$1 to $2'],
  ],
};

const withYear = (date: string, text: string, into: Language) => (date.slice(0, 4) === today().slice(0, 4) ? text : into === 'zh' ? `${date.slice(0, 4)}年${text}` : `${text} ${date.slice(0, 4)}`);
const moment = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)/g;
const calendarDay = /(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])/g;
function timeOf(text: string, into: Language): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  const local = new Date(time.getTime() + 8 * 3600e3).toISOString();
  return withYear(local, dayTimeText(time), into);
}

export function plain(sentence: string): string {
  const into = language();
  let text = sentence.replace(lists[into], (list) => listText(list, into));
  for (const [pattern, to] of phrases[into]) text = text.replace(pattern, to);
  return text
    .replace(moment, (found) => timeOf(found, into))
    .replace(calendarDay, (found) => (Number.isNaN(at(found).getTime()) ? found : withYear(found, dayText(at(found, '12:00')), into)))
    .replace(/\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*\b/g, (found) => valueText(found, into))
    .replace(/级 级称号/g, '级称号');
}
