// What scripts say to a person, in the language of the page.

const words = {
  ru: {
    remove: "Удалить",
    removed: "Удалено: {name}",
    uploading: "Загружается: {percent} %",
    uploaded: "Загружен: {name}",
    failed: "Не удалось загрузить. Попробуйте ещё раз.",
    tooLarge: "Файл слишком большой: можно не больше {limit}.",
    tooMany: "Слишком много файлов подряд. Подождите немного и попробуйте ещё раз.",
    retry: "Повторить",
    cancel: "Отменить",
    waitForFiles: "Дождитесь загрузки файлов: отправим сразу после неё.",
    sending: "Отправляем…",
    bytes: ["байт", "КБ", "МБ", "ГБ"],
    characters: { one: "{n} знак", few: "{n} знака", many: "{n} знаков", other: "{n} знака" },
    draftFound: "Мы сохранили текст, который вы не отправили {when}. Он хранится только на этом устройстве.",
    draftRestore: "Вернуть текст",
    draftDiscard: "Удалить сохранённое",
    draftSaved: "Черновик сохранён на этом устройстве в {time}",
    noResults: "Ничего не найдено",
    resultsShort: "Введите ещё знаков: {n}",
    resultsCount: "Найдено: {n}",
    selected: "выбрано",
    of: "{i} из {n}",
    yes: "Да",
    no: "Нет",
    zoomIn: "Крупнее",
    zoomOut: "Мельче",
    fit: "Показать целиком",
    diagramFailed: "Не удалось показать схему.",
    searchFailed: "Поиск не ответил. Попробуйте ещё раз.",
  },
  en: {
    remove: "Remove",
    removed: "Removed: {name}",
    uploading: "Uploading: {percent}%",
    uploaded: "Uploaded: {name}",
    failed: "The upload failed. Please try again.",
    tooLarge: "The file is too large: at most {limit} is allowed.",
    tooMany: "Too many files in a row. Wait a little and try again.",
    retry: "Try again",
    cancel: "Cancel",
    waitForFiles: "Files are still uploading: we will send as soon as they are here.",
    sending: "Sending…",
    bytes: ["bytes", "KB", "MB", "GB"],
    characters: { one: "{n} character", other: "{n} characters" },
    draftFound: "We kept the text you did not send on {when}. It is stored on this device only.",
    draftRestore: "Bring the text back",
    draftDiscard: "Delete what was kept",
    draftSaved: "Draft kept on this device at {time}",
    noResults: "Nothing found",
    resultsShort: "Type {n} more",
    resultsCount: "{n} found",
    selected: "selected",
    of: "{i} of {n}",
    yes: "Yes",
    no: "No",
    zoomIn: "Closer",
    zoomOut: "Further",
    fit: "Show all of it",
    diagramFailed: "The diagram could not be shown.",
    searchFailed: "The search did not answer. Please try again.",
  },
};

export const language = document.documentElement.lang === "en" ? "en" : "ru";

/** The words called `name`, with `{holes}` filled in; plural forms are chosen by `values.n`. */
export function say(name, values = {}) {
  let text = words[language][name];
  if (typeof text === "object") {
    const form = new Intl.PluralRules(language).select(values.n);
    text = text[form] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (_hole, key) => values[key] ?? "");
}

export function fileSize(bytes) {
  const units = words[language].bytes;
  let number = bytes;
  let unit = 0;
  while (number >= 1024 && unit < units.length - 1) {
    number /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && number < 10 ? 1 : 0;
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(number);
  return `${text}\u00a0${units[unit]}`;
}
