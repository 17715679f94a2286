/**
 * A function of a text that works out each answer once: a command looks at two sides, or judges what it plans, and both are
 * mostly the same. Answers are shared: don't change them. All are forgotten once there are too many.
 */
export function remembered<Answer>(work: (text: string) => Answer, most = 50_000): (text: string) => Answer {
  const known = new Map<string, Answer>();
  return (text) => {
    let answer = known.get(text);
    if (answer !== undefined || known.has(text)) return answer as Answer;
    answer = work(text);
    if (known.size >= most) known.clear();
    known.set(text, answer);
    return answer;
  };
}
