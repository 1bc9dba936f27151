// Grades in their order, and the subjects of the catalogue that have a word of their own.
export const grades = ['K1', 'K2', 'K3', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', 'V1', 'V2', 'V3'];
export const gradeRank = (grade: string) => grades.indexOf(grade);
export const inGrades = (grade: string, first: string, last: string) =>
  !grade || !first || (gradeRank(first) <= gradeRank(grade) && gradeRank(grade) <= gradeRank(last));

export const subjects = ['science', 'biology', 'physics', 'chemistry', 'geography', 'mathematics', 'technology', 'it', 'labour', 'arts', 'language', 'history', 'morality', 'health'];
