// The rules of fields in Chinese. What is not in the list is said in general words, never in English.
const exact: Record<string, string> = {
  'is required': '必填',
  'is there twice': '重复了',
  'must be at least 1': '至少为 1',
  'must not be past': '不能早于现在',
  'must be in the future': '必须晚于现在',
  'must not be in the future': '不能晚于现在',
  'must come after start_time': '必须晚于开始时间',
  'must be after start_time': '必须晚于开始时间',
};

export const translate = (rule: string) => exact[rule] ?? '不符合要求，请检查这一项';
