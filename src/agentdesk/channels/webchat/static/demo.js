/* The demo shop's words, its language switch, and the chat widget embedded as any page would. */
(() => {
  "use strict";
  const TEXT = {
    en: {
      hero: "Tea tastes of the pot it is made in", lead: "Hand-made pots, sent within two days. Ask us anything: people answer, not machines.",
      jade: "Jade pot", jadeText: "Celadon, half a litre, for green tea.", jadePrice: "$48",
      clay: "Clay pot", clayText: "Unglazed; it remembers every cup.", clayPrice: "$39",
      iron: "Iron kettle", ironText: "Cast iron, keeps warm for an hour.", ironPrice: "$72",
      help: "Where is my order?", helpText: "Open the chat in the corner and tell us the order number. You can send a photo, too.",
      footer: "A demonstration page. Nothing here is for sale.",
    },
    id: {
      hero: "Rasa teh datang dari tekonya", lead: "Teko buatan tangan, dikirim dalam dua hari. Tanyakan apa saja: yang menjawab orang, bukan mesin.",
      jade: "Teko giok", jadeText: "Seladon, setengah liter, untuk teh hijau.", jadePrice: "Rp 750.000",
      clay: "Teko tanah liat", clayText: "Tanpa glasir; ia mengingat setiap cangkir.", clayPrice: "Rp 610.000",
      iron: "Ketel besi", ironText: "Besi cor, tetap hangat satu jam.", ironPrice: "Rp 1.120.000",
      help: "Di mana pesanan saya?", helpText: "Buka obrolan di pojok dan sebutkan nomor pesanan. Anda juga bisa mengirim foto.",
      footer: "Halaman contoh. Tidak ada yang dijual di sini.",
    },
    vi: {
      hero: "Vị trà đến từ chiếc ấm", lead: "Ấm làm thủ công, gửi trong hai ngày. Cứ hỏi: người trả lời, không phải máy.",
      jade: "Ấm ngọc", jadeText: "Men ngọc, nửa lít, hợp với trà xanh.", jadePrice: "1.200.000 ₫",
      clay: "Ấm đất", clayText: "Không tráng men; nó nhớ từng chén trà.", clayPrice: "980.000 ₫",
      iron: "Ấm gang", ironText: "Gang đúc, giữ ấm một giờ.", ironPrice: "1.800.000 ₫",
      help: "Đơn hàng của tôi đâu?", helpText: "Mở ô trò chuyện ở góc và cho chúng tôi biết mã đơn. Bạn có thể gửi cả ảnh.",
      footer: "Trang minh họa. Không bán gì ở đây.",
    },
    fa: {
      hero: "طعم چای از قوری آن می‌آید", lead: "قوری‌های دست‌ساز، ارسال تا دو روز. هر چه می‌خواهید بپرسید: آدم‌ها پاسخ می‌دهند، نه ماشین‌ها.",
      jade: "قوری یشمی", jadeText: "سلادون، نیم لیتر، برای چای سبز.", jadePrice: "۲٬۴۰۰٬۰۰۰ تومان",
      clay: "قوری سفالی", clayText: "بدون لعاب؛ هر فنجان را به یاد می‌آورد.", clayPrice: "۱٬۹۵۰٬۰۰۰ تومان",
      iron: "کتری چدنی", ironText: "چدن، یک ساعت گرم می‌ماند.", ironPrice: "۳٬۶۰۰٬۰۰۰ تومان",
      help: "سفارش من کجاست؟", helpText: "گفتگو را در گوشهٔ صفحه باز کنید و شمارهٔ سفارش را بگویید. عکس هم می‌توانید بفرستید.",
      footer: "صفحهٔ نمایشی. اینجا چیزی فروخته نمی‌شود.",
    },
  };
  const query = new URLSearchParams(location.search);
  const asked = query.get("lang") || (navigator.language || "en").slice(0, 2);
  const lang = Object.hasOwn(TEXT, asked) ? asked : "en";
  document.documentElement.lang = lang;
  document.documentElement.dir = lang === "fa" ? "rtl" : "ltr";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = TEXT[lang][element.dataset.t];
  for (const link of document.querySelectorAll("nav a")) if (link.lang === lang) link.setAttribute("aria-current", "page");

  const chat = document.createElement("script");
  chat.src = "/widget.js";
  chat.async = true;
  chat.dataset.lang = lang;
  chat.dataset.color = "#2f6b4f";
  for (const name of ["name", "queue", "open"]) if (query.get(name)) chat.dataset[name] = query.get(name);
  document.head.append(chat);
})();
