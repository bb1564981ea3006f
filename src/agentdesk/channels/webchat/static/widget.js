/* agentdesk web chat: <script src="https://desk.example.com/widget.js" async></script>
   No dependency, nothing outside its own shadow root. What anybody wrote only ever becomes a text node.
   Settings are data- attributes of the script element; docs/webchat.md has them all. */
(() => {
  "use strict";

  // --- words -------------------------------------------------------------------------------------------------

  const WORDS = {
    en: {
      title: "Chat with us", greeting: "Hello! How can we help?", open: "Open chat", close: "Close chat",
      write: "Write a message", send: "Send", attach: "Attach a file", remove: "Remove", end: "End chat",
      endSure: "End this chat?", yes: "End it", no: "Go on", log: "Conversation", you: "You", agent: "Agent",
      sending: "Sending", sent: "Sent", read: "Read", failed: "Not sent", again: "Try again",
      position: "You are number {n} in line", estimate: "about {t} to wait", next: "You are next",
      waiting: "Waiting for an agent", active: "You are talking to {a}", typing: "{a} is typing…",
      ended: "The chat has ended. Write to begin another.", left: "You left the line. Write to join it again.",
      lost: "No connection. Trying again…", restarting: "Reconnecting…", unread: "{n} unread", older: "Older messages are not shown.",
      offline: "Nobody is here right now. Leave a message and we will get back to you.",
      closed: "Nobody is here right now.", opens: "We are back {t}.",
      name: "Your name", email: "Your e-mail", message: "Your message", leave: "Leave message",
      thanks: "Thank you! We have your message and will answer as soon as we can.", another: "Leave another message",
      download: "Download {f}", uploading: "Sending {f}", tooBig: "{f} is too large (at most {n}).",
      badType: "Files like {f} are not taken.", noUpload: "{f} could not be sent.",
      busy: "There is too much going on right now. Please try again in a moment.",
      absent: "The chat is not available on this page.", reload: "Please reload this page.",
      gone: "The file is no longer there. Please attach it again.", refused: "It was not accepted.",
    },
    id: {
      title: "Hubungi kami", greeting: "Halo! Ada yang bisa kami bantu?", open: "Buka obrolan", close: "Tutup obrolan",
      write: "Tulis pesan", send: "Kirim", attach: "Lampirkan berkas", remove: "Hapus", end: "Akhiri obrolan",
      endSure: "Akhiri obrolan ini?", yes: "Akhiri", no: "Lanjutkan", log: "Percakapan", you: "Anda", agent: "Agen",
      sending: "Mengirim", sent: "Terkirim", read: "Dibaca", failed: "Tidak terkirim", again: "Coba lagi",
      position: "Anda nomor {n} dalam antrean", estimate: "tunggu sekitar {t}", next: "Anda berikutnya",
      waiting: "Menunggu agen", active: "Anda berbicara dengan {a}", typing: "{a} sedang mengetik…",
      ended: "Obrolan telah berakhir. Tulis pesan untuk memulai lagi.",
      left: "Anda keluar dari antrean. Tulis pesan untuk masuk lagi.",
      lost: "Tidak ada koneksi. Mencoba lagi…", restarting: "Menyambungkan kembali…", unread: "{n} belum dibaca", older: "Pesan lama tidak ditampilkan.",
      offline: "Sedang tidak ada petugas. Tinggalkan pesan dan kami akan menghubungi Anda.",
      closed: "Sedang tidak ada petugas.", opens: "Kami kembali {t}.",
      name: "Nama Anda", email: "Email Anda", message: "Pesan Anda", leave: "Tinggalkan pesan",
      thanks: "Terima kasih! Pesan Anda kami terima dan akan segera kami jawab.", another: "Tinggalkan pesan lagi",
      download: "Unduh {f}", uploading: "Mengirim {f}", tooBig: "{f} terlalu besar (paling banyak {n}).",
      badType: "Berkas seperti {f} tidak diterima.", noUpload: "{f} tidak dapat dikirim.",
      busy: "Sedang sangat sibuk. Silakan coba lagi sebentar lagi.",
      absent: "Obrolan tidak tersedia di halaman ini.", reload: "Silakan muat ulang halaman ini.",
      gone: "Berkas sudah tidak ada. Silakan lampirkan lagi.", refused: "Tidak dapat diterima.",
    },
    vi: {
      title: "Trò chuyện với chúng tôi", greeting: "Xin chào! Chúng tôi có thể giúp gì cho bạn?",
      open: "Mở trò chuyện", close: "Đóng trò chuyện",
      write: "Nhập tin nhắn", send: "Gửi", attach: "Đính kèm tệp", remove: "Xóa", end: "Kết thúc",
      endSure: "Kết thúc cuộc trò chuyện?", yes: "Kết thúc", no: "Tiếp tục", log: "Cuộc trò chuyện", you: "Bạn",
      agent: "Nhân viên",
      sending: "Đang gửi", sent: "Đã gửi", read: "Đã đọc", failed: "Chưa gửi được", again: "Thử lại",
      position: "Bạn đứng thứ {n} trong hàng chờ", estimate: "chờ khoảng {t}", next: "Bạn là người tiếp theo",
      waiting: "Đang chờ nhân viên", active: "Bạn đang trò chuyện với {a}", typing: "{a} đang nhập…",
      ended: "Cuộc trò chuyện đã kết thúc. Hãy nhập tin nhắn để bắt đầu lại.",
      left: "Bạn đã rời hàng chờ. Hãy nhập tin nhắn để vào lại.",
      lost: "Mất kết nối. Đang thử lại…", restarting: "Đang kết nối lại…", unread: "{n} tin chưa đọc", older: "Tin nhắn cũ hơn không hiển thị.",
      offline: "Hiện không có ai trực. Hãy để lại tin nhắn, chúng tôi sẽ liên hệ lại.",
      closed: "Hiện không có ai trực.", opens: "Chúng tôi trở lại {t}.",
      name: "Tên của bạn", email: "Email của bạn", message: "Tin nhắn của bạn", leave: "Để lại tin nhắn",
      thanks: "Cảm ơn bạn! Chúng tôi đã nhận được tin nhắn và sẽ trả lời sớm nhất.", another: "Để lại tin nhắn khác",
      download: "Tải {f}", uploading: "Đang gửi {f}", tooBig: "{f} quá lớn (tối đa {n}).",
      badType: "Không nhận loại tệp như {f}.", noUpload: "Không gửi được {f}.",
      busy: "Hiện đang quá tải. Vui lòng thử lại sau giây lát.",
      absent: "Trò chuyện không khả dụng trên trang này.", reload: "Vui lòng tải lại trang này.",
      gone: "Tệp không còn nữa. Vui lòng đính kèm lại.", refused: "Không được chấp nhận.",
    },
    fa: {
      title: "گفتگو با ما", greeting: "سلام! چطور می‌توانیم کمک کنیم؟", open: "باز کردن گفتگو", close: "بستن گفتگو",
      write: "پیام خود را بنویسید", send: "ارسال", attach: "پیوست فایل", remove: "حذف", end: "پایان گفتگو",
      endSure: "گفتگو پایان یابد؟", yes: "پایان", no: "ادامه", log: "گفتگو", you: "شما", agent: "پشتیبان",
      sending: "در حال ارسال", sent: "ارسال شد", read: "خوانده شد", failed: "ارسال نشد", again: "دوباره",
      position: "شما نفر {n} در صف هستید", estimate: "حدود {t} انتظار", next: "نوبت بعدی شماست",
      waiting: "در انتظار پشتیبان", active: "شما با {a} گفتگو می‌کنید", typing: "{a} در حال نوشتن است…",
      ended: "گفتگو پایان یافت. برای گفتگوی تازه پیام بنویسید.", left: "از صف خارج شدید. برای ورود دوباره پیام بنویسید.",
      lost: "ارتباط قطع است. تلاش دوباره…", restarting: "در حال اتصال دوباره…", unread: "{n} پیام خوانده‌نشده", older: "پیام‌های قدیمی‌تر نمایش داده نمی‌شوند.",
      offline: "اکنون کسی در دسترس نیست. پیام بگذارید تا با شما تماس بگیریم.",
      closed: "اکنون کسی در دسترس نیست.", opens: "{t} برمی‌گردیم.",
      name: "نام شما", email: "ایمیل شما", message: "پیام شما", leave: "گذاشتن پیام",
      thanks: "سپاس! پیام شما رسید و به‌زودی پاسخ می‌دهیم.", another: "گذاشتن پیام دیگر",
      download: "دریافت {f}", uploading: "در حال ارسال {f}", tooBig: "{f} بیش از اندازه بزرگ است (حداکثر {n}).",
      badType: "فایلی مانند {f} پذیرفته نمی‌شود.", noUpload: "{f} ارسال نشد.",
      busy: "اکنون بسیار شلوغ است. لطفاً کمی بعد دوباره تلاش کنید.",
      absent: "گفتگو در این صفحه در دسترس نیست.", reload: "لطفاً این صفحه را دوباره بارگذاری کنید.",
      gone: "فایل دیگر موجود نیست. لطفاً دوباره پیوست کنید.", refused: "پذیرفته نشد.",
    },
  };
  const RTL = /^(fa|ar|he|ur|ps|ckb|sd|ug|yi)\b/;

  // --- settings ----------------------------------------------------------------------------------------------

  const script = document.currentScript;
  if (!script || window.agentdeskChat) return;
  const data = script.dataset;
  const base = new URL(data.server || script.src, location.href).origin;
  const queue = data.queue || "";
  const asked = (data.lang || document.documentElement.lang || navigator.language || "en").toLowerCase();
  let lang = asked.split("-")[0] in WORDS ? asked.split("-")[0] : "en";
  let words = WORDS[lang];
  const say = (key, values) => words[key].replace(/\{(\w)\}/g, (_, name) => `\u2068${values[name]}\u2069`);  // isolated: names keep their own direction
  const number = (n, options) => new Intl.NumberFormat(lang, options).format(n);

  const UNSENT_MAX = 50, SHOWN_MAX = 300, TYPING_MS = 800, IDLE_MS = 4000, PING_MS = 25000, PONG_MS = 8000, QUIET_TRIES = 6, RESTART = 1012;
  const INLINE = ["image/png", "image/jpeg", "image/gif", "image/webp"];
  const PASSING = ["too_fast", "too_many", "busy"], FATAL = ["bad_origin", "unknown_queue", "bad_version"];
  const WHY = { too_fast: "busy", too_many: "busy", busy: "busy", bad_origin: "absent", unknown_queue: "absent", bad_version: "reload", unknown_file: "gone" };
  const why = (code) => words[WHY[code] || "refused"];  // what the server says is for whoever writes programs

  // --- what is kept in the browser: shared by its tabs; without storage the page's own memory has to do ---------

  const place = `agentdesk:${base}:${queue}:`;
  const memory = {};
  const load = (key) => {
    try { return JSON.parse(localStorage.getItem(place + key)); } catch { return memory[key] ?? null; }
  };
  const keep = (key, value) => {
    memory[key] = value;
    try { localStorage.setItem(place + key, JSON.stringify(value)); } catch { /* full or forbidden */ }
  };
  const random = (bytes) =>
    btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const token = () => {
    if (!load("token")) keep("token", random(32));
    return load("token");  // read back: another tab may have been first
  };
  const unsent = () => load("unsent") || [];
  const hold = (entry) => keep("unsent", [...unsent(), entry].slice(-UNSENT_MAX));
  const drop = (cid) => keep("unsent", unsent().filter((entry) => entry.cid !== cid));

  // --- building ----------------------------------------------------------------------------------------------

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };
  const icon = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", "i"]]) svg.setAttribute(name, value);
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };
  const CHAT = "M4 5h16v11H9l-5 4z", CROSS = "M6 6l12 12M18 6L6 18", PLANE = "M4 4l17 8-17 8 3-8z M7 12h8";
  const CLIP = "M8 12l6-6a3 3 0 0 1 4 4l-8 8a5 5 0 0 1-7-7l7-7", FILE = "M6 3h8l4 4v14H6z M14 3v4h4", STOP = "M14 4H5v16h9M10 12h11M17 8l4 4-4 4";

  const CSS = `
:host{all:initial;--c:var(--agentdesk-color,#1f4fd8);--on:var(--agentdesk-on-color,#fff);--bg:var(--agentdesk-background,#fff);
--fg:var(--agentdesk-text,#1b2130);--soft:var(--agentdesk-soft,#f1f3f8);--mine:var(--agentdesk-mine,var(--tint,#dfe8ff));--line:var(--agentdesk-line,#c9cfdd);
--dim:var(--agentdesk-dim,#55607a);--bad:var(--agentdesk-bad,#b3261e);--r:var(--agentdesk-radius,14px)}
*{box-sizing:border-box;font:inherit;margin:0}
[hidden]{display:none!important}
.a{font:15px/1.45 var(--agentdesk-font,system-ui,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic",Vazirmatn,sans-serif);color:var(--fg);
position:fixed;z-index:var(--agentdesk-z,2147483000);inset-block-end:var(--agentdesk-bottom,20px);inset-inline-end:var(--agentdesk-side,20px)}
.a.start{inset-inline-end:auto;inset-inline-start:var(--agentdesk-side,20px)}
button{cursor:pointer;border:0;background:none;color:inherit;padding:8px;border-radius:8px;min-block-size:36px;min-inline-size:36px;display:inline-flex;align-items:center;justify-content:center;gap:8px}
button:disabled{opacity:.45;cursor:default}
:focus-visible{outline:2px solid var(--agentdesk-focus,var(--ring,var(--c)));outline-offset:2px}
header :focus-visible{outline-color:var(--agentdesk-focus,var(--on));outline-offset:-2px}
textarea:focus-visible,input:focus-visible{outline-offset:-1px}
.i{inline-size:20px;block-size:20px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;flex:none}
.launch{background:var(--c);color:var(--on);border-radius:28px;padding:13px 18px;font-weight:600;box-shadow:0 4px 18px #0004;position:relative}
.badge{position:absolute;inset-block-start:-6px;inset-inline-end:-4px;background:var(--bad);color:#fff;border-radius:12px;min-inline-size:24px;padding:1px 7px;font-size:13px;border:2px solid #fff}
.panel{display:flex;flex-direction:column;inline-size:min(380px,calc(100vw - 24px));block-size:min(600px,calc(100vh - 40px));background:var(--bg);border:1px solid var(--line);border-radius:var(--r);overflow:hidden;box-shadow:0 10px 40px #0005}
header{background:var(--c);color:var(--on);display:flex;align-items:center;padding:10px 8px 10px 16px;padding-inline:16px 8px;gap:4px}
header div{flex:1;min-inline-size:0}h2{font-weight:650;font-size:16px}
.sub{font-size:13px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.note{background:var(--soft);color:var(--fg);padding:8px 16px;font-size:14px;border-block-end:1px solid var(--line)}
.note.bad{background:#fdecea;color:#7a1712}
.sure{display:flex;align-items:center;gap:6px;padding:6px 8px 6px 16px;padding-inline:16px 8px;background:var(--soft);border-block-end:1px solid var(--line)}
.sure span{flex:1}.sure button,.plain{border:1px solid var(--line);background:var(--bg);color:var(--fg);padding:6px 12px}
.log{flex:1;overflow-y:auto;padding:14px;display:flex;flex-direction:column;gap:8px;overscroll-behavior:contain}
.m{max-inline-size:84%;align-self:flex-start;display:flex;flex-direction:column;gap:3px}
.m.me{align-self:flex-end;align-items:flex-end}
.b{background:var(--soft);border-radius:var(--r);border-end-start-radius:4px;padding:8px 12px;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid transparent}
.me .b{background:var(--mine);border-end-start-radius:var(--r);border-end-end-radius:4px}
.b a{color:inherit;text-decoration:underline}
.meta{font-size:12px;color:var(--dim);display:flex;gap:6px;padding-inline:4px}
.pending .b{opacity:.65}.failed .meta{color:var(--bad)}.failed .b{border-color:var(--bad)}
.meta button{min-block-size:0;padding:0 4px;text-decoration:underline}
.file{border:1px solid var(--line);background:var(--bg);text-align:start;max-inline-size:100%;overflow-wrap:anywhere}
.file:has(img){padding:4px}.file img{display:block;max-inline-size:220px;max-block-size:220px;border-radius:6px}
.typing{padding:0 16px 6px;color:var(--dim);font-size:13px}
.typing:empty{display:none}
.chips{display:flex;flex-wrap:wrap;gap:6px;padding:8px 12px}.chips:empty{display:none}
.chip{display:flex;align-items:center;gap:6px;background:var(--soft);border-radius:8px;padding-inline-start:10px;font-size:13px;max-inline-size:100%}
.chip span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;max-inline-size:150px}.chip progress{inline-size:60px;accent-color:var(--c)}
.say{display:flex;align-items:flex-end;gap:6px;padding:8px;padding-block-end:max(8px,env(safe-area-inset-bottom));border-block-start:1px solid var(--line)}
textarea,input{border:1px solid var(--dim);border-radius:10px;padding:8px 12px;background:var(--bg);color:var(--fg);inline-size:100%}
textarea{resize:none;max-block-size:120px;flex:1}
::placeholder{color:var(--dim);opacity:1}
.go{background:var(--c);color:var(--on)}
[dir=rtl] :is(.go,.end) .i{transform:scaleX(-1)}
.leave{flex:1;overflow-y:auto;padding:16px;display:flex;flex-direction:column;gap:12px}.leave label{display:flex;flex-direction:column;gap:4px;font-weight:600}
.leave :is(input,textarea){font-weight:400}.leave textarea{min-block-size:110px;max-block-size:none}.leave .go{padding:10px}
.done{justify-content:center;align-items:center;text-align:center}.done>.i{inline-size:44px;block-size:44px;color:var(--c)}
.v{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:480px){.a:has(.panel:not([hidden])){inset:0}.panel{inline-size:100vw;block-size:100dvh;border:0;border-radius:0}textarea,input{font-size:16px}}
@media (prefers-reduced-motion:no-preference){.panel{animation:up .16s ease-out}@keyframes up{from{opacity:0;translate:0 10px}}}
@media (forced-colors:active){.b,.launch,.go{border:1px solid}}`;

  const host = make("div", { id: "agentdesk-chat" });
  const root = host.attachShadow({ mode: "open" });
  try {  // a constructed sheet needs no 'unsafe-inline' of the page's content security policy
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
  } catch { root.append(make("style", {}, CSS)); }
  if (data.color) {
    host.style.setProperty("--agentdesk-color", data.color);
    const [r, g, b] = (/^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(data.color) || []).slice(1).map((part) => parseInt(part, 16));
    if (0.299 * r + 0.587 * g + 0.114 * b > 150) { host.style.setProperty("--agentdesk-on-color", "#111"); host.style.setProperty("--ring", "#111"); }
    if (r >= 0) host.style.setProperty("--tint", `rgb(${[r, g, b].map((part) => Math.round(255 - (255 - part) * 0.2))})`);
  }

  const badge = make("span", { class: "badge", hidden: true, "aria-hidden": "true" });
  const launchText = make("span");
  const launch = make("button", { class: "launch", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => open() },
    icon(CHAT), launchText, badge);
  const title = make("h2", { id: "t" });
  const sub = make("p", { class: "sub" });
  const endButton = make("button", { type: "button", class: "end", hidden: true, onclick: () => askEnd(true) }, icon(STOP));
  const closeButton = make("button", { type: "button", onclick: () => close() }, icon(CROSS));
  const note = make("p", { class: "note", role: "status", hidden: true });
  const trouble = make("p", { class: "note bad", role: "alert", hidden: true });
  const sureText = make("span");
  const sureYes = make("button", { type: "button", onclick: () => { transmit({ type: "end" }); askEnd(false); } });
  const sureNo = make("button", { type: "button", onclick: () => askEnd(false) });
  const sure = make("div", { class: "sure", role: "group", hidden: true }, sureText, sureYes, sureNo);
  const log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", tabindex: "0" });
  const typing = make("p", { class: "typing" });
  const chips = make("div", { class: "chips" });
  const box = make("textarea", { rows: "1", dir: "auto", maxlength: "4000", id: "w", oninput: () => typed(), onpaste: (e) => pasted(e) });
  const picker = make("input", { type: "file", hidden: true, multiple: true, tabindex: "-1", onchange: () => { [...picker.files].forEach(upload); picker.value = ""; } });
  const clip = make("button", { type: "button", onclick: () => picker.click() }, icon(CLIP));
  const go = make("button", { type: "submit", class: "go" }, icon(PLANE));
  const boxLabel = make("label", { class: "v", for: "w" });
  const form = make("form", { class: "say", onsubmit: (e) => { e.preventDefault(); submit(); } }, clip, picker, boxLabel, box, go);
  const leaveText = make("p"), opensText = make("p");
  const field = (tag, attributes) => {
    const input = make(tag, attributes), label = make("span");
    return { input, label, row: make("label", {}, label, input) };
  };
  const nameField = field("input", { name: "name", autocomplete: "name", maxlength: "200", dir: "auto" });
  const emailField = field("input", { name: "email", type: "email", autocomplete: "email", maxlength: "254", required: true, dir: "ltr" });
  const messageField = field("textarea", { name: "message", maxlength: "4000", required: true, dir: "auto" });
  const leaveGo = make("button", { type: "submit", class: "go" });
  const leave = make("form", { class: "leave", hidden: true, onsubmit: (e) => { e.preventDefault(); leaveMessage(); } },
    leaveText, opensText, nameField.row, emailField.row, messageField.row, leaveGo);
  const thanksText = make("p", { tabindex: "-1" });
  const another = make("button", { type: "button", class: "plain", onclick: () => { thanked = false; render(); nameField.input.focus(); } });
  const thanks = make("div", { class: "leave done", role: "status", hidden: true }, icon("M4 12l5 6L20 6"), thanksText, another);
  const panel = make("section", { class: "panel", role: "dialog", "aria-modal": "true", "aria-labelledby": "t", hidden: true },
    make("header", {}, make("div", {}, title, sub), endButton, closeButton),
    trouble, note, sure, log, typing, chips, form, leave, thanks);
  const frame = make("div", { class: data.position === "start" ? "a start" : "a" }, panel, launch);
  root.append(frame);

  // --- where things stand ------------------------------------------------------------------------------------

  let status = { state: "new", online: true }, config = null, receipts = 0, epoch = "", lastId = 0, lastOther = 0, told = 0;
  let opened = false, thanked = false, more = false, restarting = false, typingTimer = 0, troubleTimer = 0, sentTyping = 0, idleTimer = 0;
  const shown = new Map();    // message id -> its element
  const pending = new Map();  // cid -> { element, entry, failed }
  const attached = [];        // files that go with the next message

  const live = () => status.state === "waiting" || status.state === "active";
  const canWrite = () => live() || status.online;
  const label = (element, text) => { element.setAttribute("aria-label", text); element.title = text; };
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  const write = () => {
    frame.dir = RTL.test(lang) ? "rtl" : "ltr";
    frame.lang = lang;
    const named = (mine, theirs, key) => mine || (theirs && theirs !== WORDS.en[key] ? theirs : words[key]);
    put(title, named(data.title, config?.title, "title"));
    put(launchText, title.textContent);
    label(closeButton, words.close); label(endButton, words.end); label(clip, words.attach); label(go, words.send);
    log.setAttribute("aria-label", words.log);
    box.placeholder = words.write; put(boxLabel, words.write);
    put(sureText, words.endSure); put(sureYes, words.yes); put(sureNo, words.no);
    sure.setAttribute("aria-label", words.endSure);
    put(nameField.label, words.name); put(emailField.label, words.email); put(messageField.label, words.message);
    put(leaveGo, words.leave); put(thanksText, words.thanks); put(another, words.another);
    put(leaveText, words.offline);
    greet(named(data.greeting, config?.greeting, "greeting"));
  };

  const greeting = make("div", { class: "m greet" }, make("div", { class: "b", dir: "auto" }));
  const olderNote = make("p", { class: "meta", hidden: true });
  log.append(olderNote, greeting);
  const greet = (text) => { put(greeting.firstChild, text); put(olderNote, words.older); };

  const waitText = () => {
    if (status.position == null) return words.waiting;
    const line = status.position === 1 ? words.next : say("position", { n: number(status.position) });
    if (!status.estimate_ms) return line;
    const unit = status.estimate_ms < 60000 ? "second" : "minute";
    const time = number(status.estimate_ms / (unit === "second" ? 1000 : 60000), { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 });
    return `${line} · ${say("estimate", { t: time })}`;
  };
  const noteText = () => {
    if (status.state === "waiting") return waitText();
    if (!canWrite()) return "";
    return words[status.state === "ended" ? "ended" : status.state === "left" ? "left" : ""] || "";
  };

  const render = () => {
    const held = root.activeElement;
    const writing = canWrite() && !thanked;
    const closed = !writing && !thanked;
    put(note, restarting ? words.restarting : config && !config.offline_form && closed ? words.closed : noteText());
    note.hidden = !note.textContent;
    put(sub, status.state === "active" && status.agent ? say("active", { a: status.agent }) : "");
    sub.hidden = !sub.textContent;
    endButton.hidden = !live();
    if (!live()) sure.hidden = true;
    form.hidden = !writing; chips.hidden = !writing;
    leave.hidden = !(closed && config?.offline_form);
    thanks.hidden = !thanked;
    log.hidden = !leave.hidden || thanked;
    put(opensText, status.opens_ms ? say("opens", { t: new Intl.DateTimeFormat(lang, { weekday: "long", hour: "numeric", minute: "2-digit" }).format(status.opens_ms) }) : "");
    opensText.hidden = !opensText.textContent;
    greeting.hidden = shown.size + pending.size > 0 || closed;
    olderNote.hidden = !more;
    if (!live() || status.state === "waiting") put(typing, "");
    go.disabled = !box.value.trim() && !attached.some((one) => one.info);
    unread();
    if (opened && held && held !== launch && !held.offsetParent) focusInside();  // what had the keyboard is gone
  };
  const focusInside = () => (thanked ? thanksText : leave.hidden ? box : nameField.input).focus();

  const unread = () => {
    const seen = load("seen") || 0;
    const count = [...shown.values()].filter((one) => one.other && one.id > seen).length;
    badge.hidden = !count;
    put(badge, number(count));
    launch.setAttribute("aria-label", count ? `${title.textContent}, ${say("unread", { n: number(count) })}` : title.textContent);
  };

  const complain = (text, lasting) => {
    put(trouble, text);
    trouble.hidden = !text;
    clearTimeout(troubleTimer);
    if (text && !lasting) troubleTimer = setTimeout(() => complain(""), 8000);
  };

  const askEnd = (asking) => {
    sure.hidden = !asking;
    (asking ? sureNo : box).focus();
  };

  // --- messages ----------------------------------------------------------------------------------------------

  const linked = (text) => text.split(/(https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}])/g).map((part, index) =>
    index % 2 ? make("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part);

  const bubble = (message, mine, had = {}) => {
    const who = mine ? words.you : message.name || words.agent;
    const element = make("div", { class: mine ? "m me" : "m" }, make("span", { class: "v" }, `${who}: `));
    if (message.text) element.append(make("div", { class: "b", dir: "auto" }, ...linked(message.text)));
    const buttons = {};
    for (const file of message.files || []) element.append(buttons[file.id] = had[file.id] || fileButton(file));
    const meta = make("div", { class: "meta" });
    element.append(meta);
    return { element, meta, buttons, id: message.id, other: !mine, at: message.at_ms, name: mine ? "" : message.name };
  };
  const clock = (at) => new Intl.DateTimeFormat(lang, { timeStyle: "short", dateStyle: new Date(at).toDateString() === new Date().toDateString() ? undefined : "medium" }).format(at);
  const mark = (one) => {
    if (one.other) { one.meta.replaceChildren(...(one.name ? [make("bdi", {}, one.name)] : []), clock(one.at)); return; }
    const read = one.id <= receipts;
    one.meta.replaceChildren(clock(one.at), make("span", { title: read ? words.read : words.sent }, make("span", { "aria-hidden": "true" }, read ? "✓✓" : "✓"),
      make("span", { class: "v" }, read ? words.read : words.sent)));
  };

  const atBottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const toBottom = () => { log.scrollTop = log.scrollHeight; };
  const firstPending = () => pending.values().next().value?.element || null;

  const receive = (message) => {
    if (shown.has(message.id)) return;
    const mine = message.who === "visitor";
    const was = pending.get(message.cid);
    const at = was?.element.contains(root.activeElement);
    if (mine) settle(message.cid);
    const one = bubble(message, mine, was?.buttons);
    const stick = mine || atBottom();
    log.insertBefore(one.element, firstPending());
    if (at) box.focus();
    shown.set(message.id, one);
    lastId = Math.max(lastId, message.id);
    if (!mine) { lastOther = Math.max(lastOther, message.id); put(typing, ""); }
    mark(one);
    for (const [id, old] of shown) {
      if (shown.size <= SHOWN_MAX) break;
      old.element.remove();
      shown.delete(id);
      more = true;
    }
    if (stick) toBottom();
  };

  const begin = (name) => {  // the desk's history is another one (a backup was restored): its ids begin anew
    if (load("epoch") !== name) { keep("epoch", name); keep("seen", 0); }
    if (epoch !== name) {
      for (const one of shown.values()) one.element.remove();
      shown.clear();
      lastId = lastOther = 0;
      more = false;
      epoch = name;
    }
  };

  const settle = (cid) => {  // it is with the desk (its message comes before its ack), or given up
    if (unsent().some((entry) => entry.cid === cid && entry.type === "leave")) {
      thanked = true;
      leave.reset();
      leaveGo.disabled = false;
    }
    drop(cid);
    pending.get(cid)?.element.remove();
    pending.delete(cid);
  };

  const showPending = (entry) => {
    if (entry.type !== "msg" || pending.has(entry.cid)) return;
    const one = bubble({ text: entry.text, files: entry.infos, id: 0 }, true);
    one.element.classList.add("pending");
    one.entry = entry;
    one.meta.append(words.sending + "…");
    pending.set(entry.cid, one);
    log.append(one.element);
    toBottom();
  };

  const fail = (cid, code) => {
    drop(cid);
    const one = pending.get(cid);
    if (!one) return;
    one.element.classList.replace("pending", "failed");
    one.meta.replaceChildren(`${words.failed}: ${why(code)} `, make("button", { type: "button", onclick: () => {
      settle(cid);
      post({ ...one.entry, cid: random(12) });
      box.focus();
    } }, words.again));
  };

  const readUpTo = () => {
    if (!lastOther || !welcomed) return;
    const seen = opened && document.visibilityState === "visible";
    if (seen && (load("seen") || 0) < lastOther) { keep("seen", lastOther); unread(); }
    const type = seen ? "read" : "received", mark = lastOther * 2 + (seen ? 1 : 0);
    if (mark > told) { told = mark; transmit({ type, upto: lastOther }); }
  };

  // --- files -------------------------------------------------------------------------------------------------

  const size = (bytes) => bytes < 1e6 ? number(Math.ceil(bytes / 1e3), { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 })
    : number(bytes / 1048576, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });

  const fetched = async (file) => {
    const answer = await fetch(`${base}/chat/files/${encodeURIComponent(file.id)}`, { headers: { Authorization: `Bearer ${token()}` }, credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(answer.status);
    return answer.blob();
  };
  const fileButton = (file) => {
    const button = make("button", { type: "button", class: "file", "aria-label": say("download", { f: file.name }), onclick: async () => {
      try {
        const url = URL.createObjectURL(await fetched(file));
        make("a", { href: url, download: file.name }).click();
        setTimeout(() => URL.revokeObjectURL(url), 60000);
      } catch { complain(say("noUpload", { f: file.name })); }
    } }, icon(FILE), make("bdi", {}, file.name), ` ${size(file.size)}`);
    if (INLINE.includes(file.type)) {
      fetched(file).then(async (blob) => {
        if (!INLINE.includes(blob.type)) return;
        const url = URL.createObjectURL(blob), picture = make("img", { alt: file.name, src: url });
        try {
          await picture.decode();
          const stick = atBottom();
          button.replaceChildren(picture);
          if (stick) toBottom();
        } finally { URL.revokeObjectURL(url); }
      }).catch(() => {});  // then it stays a button to save it
    }
    return button;
  };

  const upload = (file) => {
    if (attached.length >= (config?.files_per_message_max ?? 5)) return;
    const bar = make("progress", { max: "1", value: "0", "aria-label": say("uploading", { f: file.name }) });
    const request = new XMLHttpRequest();
    const one = { info: null };
    const away = () => { attached.splice(attached.indexOf(one), 1); chip.remove(); render(); };
    const chip = make("div", { class: "chip" }, make("span", { dir: "auto" }, file.name), bar,
      make("button", { type: "button", "aria-label": `${words.remove}: ${file.name}`, onclick: () => { request.abort(); away(); box.focus(); } }, icon(CROSS)));
    one.chip = chip;
    attached.push(one);
    chips.append(chip);
    request.upload.onprogress = (e) => { bar.value = e.loaded / (e.total || 1); };
    const failed = (code) => {
      away();
      if (PASSING.includes(code)) complain(why(code));
      else complain(say(code === "file_type" ? "badType" : code === "too_big" ? "tooBig" : "noUpload", { f: file.name, n: size(config.file_bytes_max) }));
    };
    request.onerror = request.ontimeout = () => failed("");
    request.timeout = 120000;
    request.onload = () => {
      if (request.status !== 201) return failed((() => { try { return JSON.parse(request.responseText).code; } catch { return ""; } })());
      one.info = JSON.parse(request.responseText);
      bar.remove();
      render();
    };
    whenWelcomed(() => {
      if (!attached.includes(one)) return;
      if (file.size > config.file_bytes_max) return failed("too_big");
      request.open("POST", `${base}/chat/files?name=${encodeURIComponent(file.name)}`);
      request.setRequestHeader("Authorization", `Bearer ${token()}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.send(file);
    });
  };
  const pasted = (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (files.length) { event.preventDefault(); files.forEach(upload); }
  };

  // --- writing -----------------------------------------------------------------------------------------------

  const grow = () => { box.style.blockSize = "auto"; box.style.blockSize = `${box.scrollHeight + 2}px`; };
  const typed = () => {
    grow();
    render();
    clearTimeout(idleTimer);
    idleTimer = setTimeout(stopTyping, IDLE_MS);
    if (status.state !== "active" || Date.now() - sentTyping < TYPING_MS) return;
    sentTyping = Date.now();
    transmit({ type: "typing", active: true, text: box.value.slice(0, 4000) });
  };
  const stopTyping = () => {
    clearTimeout(idleTimer);
    if (sentTyping) transmit({ type: "typing", active: false });
    sentTyping = 0;
  };
  const post = (entry) => {
    hold(entry);
    showPending(entry);
    transmit(wire(entry));
    render();
  };
  const wire = ({ infos, ...entry }) => entry;
  const submit = () => {
    const text = box.value.trim().slice(0, 4000), infos = attached.filter((one) => one.info).map((one) => one.info);
    if (!text && !infos.length) return;
    box.value = "";
    for (const one of attached.filter((each) => each.info)) { one.chip.remove(); attached.splice(attached.indexOf(one), 1); }
    grow();
    sentTyping = 0;
    clearTimeout(idleTimer);
    post({ type: "msg", cid: random(12), text, files: infos.map((info) => info.id), infos });
    box.focus();
  };
  const leaveMessage = () => {
    const text = messageField.input.value.trim();
    if (!text) return messageField.input.focus();
    leaveGo.disabled = true;
    post({ type: "leave", cid: random(12), text, name: nameField.input.value.trim(), email: emailField.input.value.trim() });
  };
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  });

  // --- the connection ----------------------------------------------------------------------------------------

  let socket = null, welcomed = false, tries = 0, retryTimer = 0, pingTimer = 0, pongTimer = 0, wanted = false;

  const waiting = [];  // what the server takes only from those whom it has welcomed
  const whenWelcomed = (act) => { if (welcomed) act(); else waiting.push(act); };
  const transmit = (message) => { if (welcomed) socket.send(JSON.stringify(message)); };

  const connect = () => {
    wanted = true;
    clearTimeout(retryTimer);
    if (socket) return;
    const mine = socket = new WebSocket(`${base.replace(/^http/, "ws")}/chat/ws`);
    mine.onopen = () => {
      const attributes = {};
      try {
        const given = Object.entries(JSON.parse(data.attributes || "{}")).slice(0, 20);
        for (const [name, value] of given) attributes[name.slice(0, 50)] = String(value).slice(0, 200);
      } catch { /* the page's mistake is not the visitor's */ }
      mine.send(JSON.stringify({ type: "hello", version: 1, token: token(), after: lastId, epoch, language: lang, queue,
        page: location.href.split("#")[0].slice(0, 2000), name: (data.name || "").slice(0, 200), attributes }));
      watch();
    };
    mine.onmessage = (event) => { if (mine === socket) { watch(); take(JSON.parse(event.data)); } };
    mine.onclose = (event) => {
      if (mine !== socket) return;
      if (event.code === RESTART) restarting = true;
      lost();
    };
  };
  const lost = () => {
    const old = socket;
    socket = null;
    welcomed = false;
    clearTimeout(pingTimer);
    clearTimeout(pongTimer);
    if (old) { old.onclose = null; old.close(); }
    put(typing, "");
    if (!wanted) return;
    tries += 1;
    if (navigator.onLine === false || tries > (restarting ? QUIET_TRIES : 1)) { restarting = false; complainLost(true); }
    render();
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, Math.min(15000, 300 * 2 ** Math.min(tries, 6)) * (0.5 + Math.random() / 2));
  };
  const complainLost = (away) => { clearTimeout(troubleTimer); put(trouble, away ? words.lost : ""); trouble.hidden = !away; };
  const watch = () => {  // browsers hide the socket's own keep-alive, and a laptop that slept has a dead socket
    clearTimeout(pingTimer);
    clearTimeout(pongTimer);
    pingTimer = setTimeout(probe, PING_MS);
  };
  const probe = () => {
    if (!socket) return wanted && connect();
    if (!welcomed) return lost();
    clearTimeout(pongTimer);
    pongTimer = setTimeout(lost, PONG_MS);
    transmit({ type: "ping", n: 1 });
  };

  const take = (message) => ({
    welcome() {
      welcomed = true;
      restarting = false;
      tries = 0;
      complainLost(false);
      config = message.config;
      if (!data.lang && !config.languages.includes(lang) && config.languages[0] in WORDS) { lang = config.languages[0]; words = WORDS[lang]; }
      picker.accept = config.file_types.join(",");
      status = message.status;
      receipts = message.receipts.read;
      begin(message.epoch);
      more ||= message.more && !shown.size;
      write();
      message.messages.forEach(receive);
      for (const one of shown.values()) mark(one);
      told = 0;
      waiting.splice(0).forEach((act) => act());
      unsent().forEach((entry) => { showPending(entry); transmit({ ...wire(entry), again: true }); });
      if (shown.size) keep("live", 1);
    },
    msg() { receive(message.message); keep("live", 1); },
    ack() { settle(message.cid); },
    bye() { restarting = message.reason === "restart"; },
    status() { const was = status.state; status = message; if (was !== status.state && status.state === "active") thanked = false; },
    receipts() { receipts = message.read; for (const one of shown.values()) if (!one.other) mark(one); },
    typing() {
      clearTimeout(typingTimer);
      put(typing, message.active ? say("typing", { a: message.agent || words.agent }) : "");
      typingTimer = setTimeout(() => put(typing, ""), 6000);
    },
    error() {
      leaveGo.disabled = false;
      if (!message.cid) { wanted &&= !FATAL.includes(message.code); complain(why(message.code), !wanted); return; }
      const entry = unsent().find((one) => one.cid === message.cid);
      if (!entry) return;
      if (PASSING.includes(message.code)) setTimeout(() => { if (unsent().some((one) => one.cid === entry.cid)) transmit({ ...wire(entry), again: true }); }, message.retry_ms || 2000);
      else if (message.code === "offline") { settle(message.cid); messageField.input.value ||= entry.text; status = { ...status, state: "offline", online: false }; }
      else if (entry.type === "leave") { drop(message.cid); complain(why(message.code)); }
      else fail(message.cid, message.code);
    },
  }[message.type]?.(), render(), readUpTo());

  // --- opening, closing, the keyboard ------------------------------------------------------------------------

  const open = () => {
    opened = true;
    panel.hidden = false;
    launch.hidden = true;
    launch.setAttribute("aria-expanded", "true");
    try { sessionStorage.setItem(place + "open", "1"); } catch { /* then it starts closed */ }
    connect();
    render();
    toBottom();
    readUpTo();
    focusInside();
  };
  const close = () => {
    opened = false;
    panel.hidden = true;
    launch.hidden = false;
    launch.setAttribute("aria-expanded", "false");
    try { sessionStorage.removeItem(place + "open"); } catch { /* nothing to remove */ }
    launch.focus();
  };
  panel.addEventListener("keydown", (event) => {
    event.stopPropagation();  // the page's own shortcuts are not for what is typed here
    if (event.key === "Escape") {
      event.preventDefault();
      if (sure.hidden) close(); else askEnd(false);
    } else if (event.key === "Tab") {
      const stops = [...panel.querySelectorAll("button,textarea,input,a[href],[tabindex='0']")].filter((one) => !one.disabled && one.offsetParent !== null && one.tabIndex >= 0);
      const edge = event.shiftKey ? stops[0] : stops.at(-1);
      if (root.activeElement === edge) { event.preventDefault(); (event.shiftKey ? stops.at(-1) : stops[0]).focus(); }
    }
  });

  addEventListener("online", () => { tries = 0; if (wanted) connect(); });
  addEventListener("offline", () => { if (socket) lost(); });
  addEventListener("pageshow", (event) => { if (event.persisted && wanted) probe(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (wanted) { if (socket) probe(); else connect(); }
    readUpTo();
  });
  addEventListener("storage", (event) => {
    if (event.key === place + "seen") unread();
    if (event.key === place + "unsent") for (const [cid, one] of pending) if (one.element.classList.contains("pending") && !unsent().some((entry) => entry.cid === cid) && welcomed) settle(cid);
  });

  const start = () => {
    document.body.append(host);
    write();
    unsent().forEach(showPending);
    render();
    let wasOpen = data.open === "true";
    try { wasOpen ||= !!sessionStorage.getItem(place + "open"); } catch { /* closed, then */ }
    if (wasOpen) open();
    else if (load("live") || unsent().length) connect();
  };
  window.agentdeskChat = { open, close };
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
