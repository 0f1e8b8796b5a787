import { colourOf } from "lib/colours"

/* What a document of a report's chart is to ECharts. Nothing is counted here: words come with the numbers. */
export function chartOptions(data, width) {
  const colours = {
    text: colourOf("--text"), muted: colourOf("--text-muted"), line: colourOf("--line"),
    surface: colourOf("--tooltip"), onSurface: colourOf("--tooltip-text"),
  }
  const font = getComputedStyle(document.body).fontFamily
  return {
    animation: false,
    textStyle: { fontFamily: font, fontSize: 11 },
    grid: { left: 8, right: 28, top: 34, bottom: 4, containLabel: true },
    legend: {
      left: 0, top: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, itemGap: 16, type: "scroll",
      textStyle: { color: colours.muted, fontSize: 12 }, inactiveColor: colours.line,
    },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, borderWidth: 0,
      backgroundColor: colours.surface, textStyle: { color: colours.onSurface, fontSize: 12 },
      formatter: (points) => spoken(data, points[0].dataIndex),
      axisPointer: { type: "line", lineStyle: { color: colours.muted, type: "dashed" } },
    },
    xAxis: {
      type: "category", data: data.labels, boundaryGap: data.series.some((one) => one.shape === "bar"),
      axisLine: { lineStyle: { color: colours.line } }, axisTick: { show: false },
      axisLabel: { color: colours.muted, hideOverlap: true, margin: 10, interval: everyHow(data.labels.length, width) },
    },
    yAxis: data.units.map((unit, place) => ({
      type: "value", position: place ? "right" : "left", min: 0, minInterval: unit === "count" ? 1 : 0,
      ...(unit === "seconds" ? wholeSteps(data.series.filter((one) => one.axis === place)) : {}),
      splitLine: { show: place === 0, lineStyle: { color: colours.line } },
      axisLabel: { color: colours.muted, formatter: (value) => short(value, unit, data) },
    })),
    series: data.series.map((one) => series(one, data.stacked)),
  }
}

/* One step of the chart in words, for the tooltip and for who listens. */
export function spoken(data, place) {
  const lines = data.series.map((one) => `${one.name}: ${one.words[place] ?? "—"}`)
  return [data.labels[place], ...lines].join("\n")
}

function series({ name, values, ink, shape, past, axis }, stacked) {
  const colour = colourOf(ink)
  return {
    name, type: shape, data: values, yAxisIndex: axis, stack: stacked ? "all" : undefined,
    color: colour, showSymbol: values.length < 2, symbolSize: 5, connectNulls: false, barMaxWidth: 28,
    lineStyle: { color: colour, width: past ? 1.25 : 1.75, type: past ? [2, 3] : "solid" },
    itemStyle: { color: colour, borderRadius: shape === "bar" && !stacked ? [2, 2, 0, 0] : 0 },
    emphasis: { disabled: true },
    z: past ? 1 : 2,
  }
}

function everyHow(count, width) {
  return Math.max(0, Math.ceil(count / Math.max(1, Math.floor(width / 64))) - 1)
}

function short(value, unit, { language, currency }) {
  const compact = { notation: "compact", maximumFractionDigits: 1 }
  if (unit === "ratio") return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(value)
  if (unit === "money") return new Intl.NumberFormat(language, { ...compact, style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: 0 }).format(value)
  if (unit === "seconds") return duration(value, language)
  return new Intl.NumberFormat(language, compact).format(value)
}

/* Steps of whole minutes, hours and days: ECharts' own are round numbers of seconds. */
const STEPS = [10, 30, 60, 300, 600, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800]

function wholeSteps(series) {
  const most = Math.max(1, ...series.flatMap((one) => one.values.filter((value) => value !== null)))
  const interval = STEPS.find((step) => step >= most / 5) ?? Math.ceil(most / 5 / 604800) * 604800
  return { interval, max: Math.ceil(most / interval) * interval }
}

function duration(seconds, language) {
  const [unit, size] = seconds < 3600 ? ["minute", 60] : seconds < 172800 ? ["hour", 3600] : ["day", 86400]
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(seconds / size)
}
