"use strict";
// Draws the charts of the analysis page. The library is fetched when the first chart is there; the table beneath each
// chart says the same to who cannot see it. Every bar, point and square leads to its rows.
(() => {
  const source = document.currentScript.dataset.echarts;
  const charts = new Map();
  let library = null;

  const load = () => {
    library = library || new Promise((done, failed) => {
      const tag = document.createElement("script");
      tag.src = source;
      tag.addEventListener("load", () => done(window.echarts));
      tag.addEventListener("error", failed);
      document.head.append(tag);
    });
    return library;
  };

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const look = () => ({
    text: token("--tblr-body-color"), faint: token("--tblr-secondary"), line: token("--tblr-border-color"),
    surface: token("--tblr-bg-surface") || "#fff", font: token("--tblr-font-sans-serif"),
    tones: {
      accent: token("--pb-chart-accent"), calm: token("--pb-chart-calm"), grey: token("--pb-chart-grey"),
      green: token("--pb-chart-green"), yellow: token("--pb-chart-yellow"), orange: token("--pb-chart-orange"),
      red: token("--pb-chart-red"),
    },
    heat: [token("--pb-heat-1"), token("--pb-heat-2"), token("--pb-heat-3"), token("--pb-heat-4")],
  });

  const value = (data, cell) => (cell[0] === null ? "—" : `${cell[0]}${data.unit}`);
  const tip = (colours) => ({
    renderMode: "richText", confine: true, backgroundColor: colours.surface, borderColor: colours.line,
    textStyle: { color: colours.text, fontFamily: colours.font, fontSize: 13 },
  });
  const said = (data, row, column) => {
    const cell = data.rows[row].cells[column];
    const head = data.columns.length > 1 ? `${data.rows[row].label} · ${data.columns[column].label}` : data.rows[row].label;
    return `${head}\n${value(data, cell)}${cell[2] ? `\n${cell[2]}` : ""}`;
  };
  const short = (width) => (text) => (text.length > width ? `${text.slice(0, width - 1)}…` : text);
  // On a phone a name takes two lines; of a longer one the end stays, which tells the first branch from the second.
  const folded = (width) => (text) => {
    if (text.length <= width) return text;
    const rest = text.length > 2 * width ? `…${text.slice(1 - width)}` : text.slice(width);
    return `${text.slice(0, width)}\n${rest}`;
  };

  const twoLines = { fontSize: 11, lineHeight: 13, formatter: folded(7) };

  const heat = (data, colours, narrow) => ({
    grid: { left: 4, right: 8, top: 4, bottom: 44, containLabel: true },
    tooltip: { ...tip(colours), formatter: (point) => said(data, point.value[1], point.value[0]) },
    xAxis: { type: "category", data: data.columns.map((one) => (narrow ? one.label.replace("月", "") : one.label)),
      position: "top", axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: colours.faint, interval: 0 } },
    yAxis: { type: "category", inverse: true, data: data.rows.map((one) => one.label), axisLine: { show: false },
      axisTick: { show: false }, axisLabel: { color: colours.text, interval: 0, ...(narrow ? twoLines : { formatter: short(18) }) } },
    visualMap: { type: "piecewise", orient: "horizontal", left: "center", bottom: 0, textStyle: { color: colours.faint },
      itemWidth: 14, itemHeight: 14, pieces: [
        { gte: 100, label: "100%", color: colours.heat[3] }, { gte: 90, lt: 100, label: "90%+", color: colours.heat[2] },
        { gte: 70, lt: 90, label: "70%+", color: colours.heat[1] }, { lt: 70, label: "<70%", color: colours.heat[0] }] },
    series: [{ type: "heatmap", itemStyle: { borderColor: colours.surface, borderWidth: 2, borderRadius: 3 },
      label: { show: true, fontSize: narrow ? 9 : 11, color: colours.text, formatter: (point) => (narrow && point.value[2] === 100 ? "" : point.value[2]) },
      data: data.rows.flatMap((row, y) => row.cells.map((cell, x) => [x, y, cell[0]]).filter((one) => one[2] !== null)) }],
  });

  const series = (data, colours, more) => data.columns.map((column, index) => ({
    name: column.label, itemStyle: { color: colours.tones[column.tone] }, lineStyle: { color: colours.tones[column.tone] },
    data: data.rows.map((row) => (row.tone ? { value: row.cells[index][0], itemStyle: { color: colours.tones[row.tone] } } : row.cells[index][0])), ...more(column, index),
  }));
  // Room above for the names of the series; long ones take two lines on a phone.
  const above = (data, narrow) => {
    if (data.columns.length < 2) return 8;
    return narrow && data.columns.reduce((sum, one) => sum + one.label.length, 0) > 18 ? 56 : 34;
  };
  const frame = (data, colours, narrow) => ({
    grid: { left: 4, right: 16, top: above(data, narrow), bottom: 4, containLabel: true },
    legend: data.columns.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: { color: colours.faint } } : undefined,
    tooltip: { ...tip(colours), formatter: (point) => said(data, point.dataIndex, point.seriesIndex) },
  });
  const numbers = (data, colours) => ({ type: "value", max: data.unit === "%" ? 100 : undefined, minInterval: data.unit === "%" ? 20 : 1,
    splitLine: { lineStyle: { color: colours.line } }, axisLabel: { color: colours.faint } });
  const names = (data, colours, width, narrow) => ({ type: "category", data: data.rows.map((one) => one.label), axisTick: { show: false },
    axisLine: { lineStyle: { color: colours.line } }, axisLabel: { color: colours.text, interval: 0, ...(narrow ? twoLines : { formatter: short(width) }) } });
  const shown = (colours, data) => ({ show: true, color: colours.text, fontSize: 11, formatter: (point) => (point.value === null || point.value === 0 ? "" : `${point.value}${data.unit === "%" ? "%" : ""}`) });

  const bars = (data, colours, narrow) => ({
    ...frame(data, colours, narrow), xAxis: numbers(data, colours), yAxis: { ...names(data, colours, 16, narrow), inverse: true },
    series: series(data, colours, () => ({ type: "bar", barMaxWidth: 18, ...(data.stacked ? { stack: "all" } : { label: { ...shown(colours, data), position: "insideRight", color: colours.surface } }) })),
  });
  const columns = (data, colours, narrow) => ({
    ...frame(data, colours, narrow), yAxis: numbers(data, colours), xAxis: names(data, colours, 12),
    series: series(data, colours, () => ({ type: "bar", stack: data.stacked ? "all" : undefined, barMaxWidth: 26, label: data.stacked ? undefined : { ...shown(colours, data), position: "top" } })),
  });
  const lines = (data, colours, narrow) => ({
    ...frame(data, colours, narrow), yAxis: { ...numbers(data, colours), scale: data.unit !== "%" },
    xAxis: { ...names(data, colours, 8), data: data.rows.map((one) => (narrow ? one.label.replace("月", "") : one.label)) },
    series: series(data, colours, () => ({ type: "line", symbolSize: 8, connectNulls: false })),
  });
  // Side by side there is no room for long names on a phone: there the columns lie down.
  const lying = (data, colours, narrow) => ({
    ...frame(data, colours, narrow), xAxis: numbers(data, colours), yAxis: { ...names(data, colours, 7, true), inverse: true },
    series: series(data, colours, () => ({ type: "bar", stack: data.stacked ? "all" : undefined, barMaxWidth: 16, label: data.stacked ? undefined : { ...shown(colours, data), position: "right" } })),
  });
  const forms = { heat, bars, lines, columns: (data, colours, narrow) => (narrow ? lying : columns)(data, colours, narrow) };

  const height = (data, narrow) => {
    if (data.form === "heat") return 76 + data.rows.length * (narrow ? 30 : 24);
    if (data.form === "bars" || (data.form === "columns" && narrow)) return Math.max(120, 56 + data.rows.length * 34);
    return narrow ? 240 : 300;
  };
  const read = (box) => JSON.parse(document.getElementById(box.dataset.chart).textContent);

  const draw = async (box) => {
    const data = read(box);
    const narrow = box.clientWidth < 400;
    box.style.height = `${height(data, narrow)}px`;
    const echarts = await load();
    if (charts.has(box)) charts.get(box).dispose();
    const chart = echarts.init(box, null, { renderer: "svg" });
    charts.set(box, chart);
    const colours = look();
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    chart.setOption({ animation: !calm && box.dataset.drawn !== "1", animationDuration: 300,
      textStyle: { fontFamily: colours.font }, ...forms[data.form](data, colours, narrow) });
    box.dataset.drawn = "1";
    chart.on("click", (point) => {
      const [row, column] = data.form === "heat" ? [point.value[1], point.value[0]] : [point.dataIndex, point.seriesIndex];
      const address = data.rows[row].cells[column][1] || data.rows[row].url;
      if (address) window.location.assign(address);
    });
  };

  const drawAll = (root) => root.querySelectorAll("[data-chart]").forEach((box) => draw(box));

  // A picture of its own with a white ground and the title, whatever the theme of the screen.
  const picture = async (box) => {
    const data = read(box);
    const echarts = await load();
    const room = document.createElement("div");
    room.className = "chart-offstage";
    document.body.append(room);
    const tall = height(data, false) + 56;
    const chart = echarts.init(room, null, { renderer: "canvas", width: 1100, height: tall, devicePixelRatio: 2 });
    const theme = document.documentElement.getAttribute("data-bs-theme");
    document.documentElement.setAttribute("data-bs-theme", "light");
    const colours = look();
    if (theme === null) document.documentElement.removeAttribute("data-bs-theme");
    else document.documentElement.setAttribute("data-bs-theme", theme);
    const option = forms[data.form](data, colours, false);
    option.grid = { ...option.grid, top: (option.grid.top || 0) + 48 };
    if (option.legend) option.legend = { ...option.legend, top: 40 };
    chart.setOption({ ...option, animation: false, backgroundColor: "#fff", textStyle: { fontFamily: colours.font },
      title: { text: data.title, subtext: data.asOf, left: 8, top: 4, itemGap: 4, textStyle: { fontSize: 16, color: colours.text } } });
    const canvas = room.querySelector("canvas");
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = box.dataset.file;
      link.click();
      URL.revokeObjectURL(link.href);
      chart.dispose();
      room.remove();
    });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-chart-png]");
    if (button) picture(button.closest(".chart-card").querySelector("[data-chart]"));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const card = event.target.closest(".chart-card");
    if (!card) return;
    card.setAttribute("aria-busy", "false");
    drawAll(card);
  });
  // Another width or another theme is another picture.
  let waiting = 0;
  const again = () => { window.clearTimeout(waiting); waiting = window.setTimeout(() => drawAll(document), 150); };
  let width = window.innerWidth;
  window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; again(); } });
  new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  // What was not seen yet is fetched for the printer.
  window.addEventListener("beforeprint", () => document.body.dispatchEvent(new Event("chart-print")));
  drawAll(document);
})();
