/** What a credential looks like, whatever it is called and wherever it stands. */
interface Shape {
  /**
   * Begins with fixed letters and repeats one class of characters at a time, so that the time it takes grows with the
   * text and no faster. A test holds each of them to that.
   */
  pattern: RegExp;
  what: string;
}

/** What may stand between the head of a PEM and its body: line breaks, indents, and what source code puts around them. */
const gap = String.raw`[\s\\nr"'${"`"}+,;|>-]{0,64}`;

/** Not in the middle of a longer word. */
const start = "(?<![A-Za-z0-9])";

const shape = (what: string, ...patterns: string[]): Shape[] =>
  patterns.map((pattern) => ({ pattern: new RegExp(start + pattern, "g"), what }));

export const ageKey = "a private key of age";

export const shapes: readonly Shape[] = [
  ...shape(ageKey, "AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20,4000}"),
  {
    pattern: new RegExp(
      String.raw`-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----${gap}(?:[A-Za-z0-9+/=]{16}|Proc-Type:|Comment:|Version:)`,
      "g",
    ),
    what: "a private key",
  },
  ...shape("a token of GitHub", "gh[pousr]_[A-Za-z0-9]{36,255}", "github_pat_[A-Za-z0-9_]{50,255}"),
  ...shape("a token of GitLab", "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{20,255}"),
  ...shape("an access key of AWS", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
  ...shape(
    "a secret key of AWS",
    String.raw`(?:aws|AWS)_?(?:secret|SECRET|Secret)_?(?:access|ACCESS|Access)?_?(?:key|KEY|Key)["']?\s{0,9}[:=]{1,2}>?\s{0,9}["']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])`,
  ),
  ...shape(
    "a key of Google",
    "AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])",
    "GOCSPX-[A-Za-z0-9_-]{28}",
    String.raw`ya29\.[A-Za-z0-9_-]{30,2000}`,
  ),
  ...shape("a key of Azure", "AccountKey=[A-Za-z0-9+/]{86}==", "[A-Za-z0-9_~.]{3}8Q~[A-Za-z0-9_~.-]{34}"),
  ...shape(
    "a token of Slack",
    "xox[abeoprs]-[A-Za-z0-9-]{10,255}",
    "xapp-[0-9]-[A-Za-z0-9-]{20,255}",
    String.raw`hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,255}`,
  ),
  ...shape("a key of Stripe", "(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,255}", "whsec_[A-Za-z0-9+/=]{24,255}"),
  ...shape("a key of Twilio", "SK[0-9a-f]{32}(?![A-Za-z0-9])"),
  ...shape("a key of SendGrid", String.raw`SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}`),
  ...shape("a key of Mailgun", "key-[0-9a-f]{32}(?![A-Za-z0-9])"),
  ...shape("a token of Telegram", "[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
  ...shape("a token of Meta", "EAA[A-Za-z0-9]{80,400}(?![A-Za-z0-9])"),
  ...shape("a token of npm", "npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
  ...shape("a token of PyPI", "pypi-AgEI[A-Za-z0-9_-]{50,400}"),
  ...shape("a token of Docker", "dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,255}"),
  ...shape("a token of Vault", String.raw`hv[sbr]\.[A-Za-z0-9_-]{24,400}`),
  ...shape("a token of DigitalOcean", "do[opr]_v1_[0-9a-f]{64}"),
  ...shape("a token of Grafana", "gl(?:sa|c)_[A-Za-z0-9_=+/]{32,255}"),
  ...shape("a token of Atlassian", "ATATT3[A-Za-z0-9_=-]{50,400}"),
  ...shape("a token of Shopify", "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
  ...shape("a key of Anthropic", "sk-ant-[A-Za-z0-9_-]{20,255}"),
  ...shape(
    "a key of OpenAI",
    "sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,255}",
    "sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
  ),
  ...shape("a token of Hugging Face", "hf_[A-Za-z0-9]{34}(?![A-Za-z0-9])"),
  {
    // Three parts of base64url; the first two are JSON objects.
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,}/g,
    what: "a JSON Web Token",
  },
];

/** Letters of which one is in every text that has a shape: most texts are done after one look. */
const hint =
  /AGE-SECRET|PRIVATE KEY|gh[pousr]_|github_pat_|gl[a-z]{2,5}[-_]|glc_|A[KSBC]I?[AC]A|aws|AWS|AIza|GOCSPX|ya29|AccountKey|8Q~|xox|xapp-|hooks\.slack|[sr]k_|whsec_|SK[0-9a-f]|SG\.|key-|:AA|EAA|npm_|pypi-|dckr_|hv[sbr]\.|do[opr]_v1|ATATT3|shp|sk-|hf_|eyJ/;

/** One that was found: what it is, where, and its letters (to be compared, never to be shown). */
export interface Match {
  what: string;
  index: number;
  text: string;
}

/** What may be something behind base64: from where it begins, or each of its letters would be tried as a beginning. */
const tokens = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={0,2}/g;
const token = /[A-Za-z0-9+/]{40}/;

/** Everything in a text that is a credential by its shape, also behind base64. */
export function secretShapes(text: string, depth = 3): Match[] {
  const found: Match[] = [];
  if (hint.test(text))
    for (const { pattern, what } of shapes)
      for (const { 0: own, index } of text.matchAll(pattern)) found.push({ what, index, text: own });
  if (depth === 0 || !token.test(text)) return found;
  for (const { 0: own, index } of text.matchAll(tokens)) {
    const inner = secretShapes(Buffer.from(own, "base64").toString("latin1"), depth - 1);
    found.push(...inner.map((match) => ({ what: `${match.what}, as base64`, index, text: match.text })));
  }
  return found;
}
