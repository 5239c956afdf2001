// What a reader needs, measured on the page as it stands: size of letters, space between lines, contrast, size of targets.
() => {
  const channels = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (c) => {
    const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const over = (top, under) => {
    const a = top.length > 3 ? top[3] : 1;
    return [0, 1, 2].map((i) => top[i] * a + under[i] * (1 - a));
  };
  const ground = (el) => {
    const layers = [];
    for (let at = el; at; at = at.parentElement) layers.push(channels(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const shown = (el) => {
    const box = el.getBoundingClientRect();
    return box.width > 2 && box.height > 2 && getComputedStyle(el).visibility !== "hidden";
  };
  const texts = [...document.querySelectorAll("body *")].filter(
    (el) => shown(el) && [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
  );
  const buttons = [...document.querySelectorAll("button, textarea, a.btn")].filter(shown);
  return {
    texts: texts.map((el) => {
      const style = getComputedStyle(el), under = ground(el);
      const [a, b] = [light(over(channels(style.color), under)), light(under)].sort((x, y) => y - x);
      return {
        text: el.textContent.trim().slice(0, 20), size: parseFloat(style.fontSize),
        line: parseFloat(style.lineHeight) / parseFloat(style.fontSize), contrast: (a + 0.05) / (b + 0.05),
        prose: ["P", "LI", "H1", "H2"].includes(el.tagName),
      };
    }),
    targets: buttons.map((el) => {
      const box = el.getBoundingClientRect();
      return { text: (el.textContent || el.id).trim().slice(0, 20), width: box.width, height: box.height };
    }),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
}
