// What scripts say to a person, in the language of the page.

const words = {
  ru: {
    remove: "Удалить",
    removed: "Удалено: {name}",
    uploading: "Загружается: {percent} %",
    uploadBroken: "Нет связи: продолжим с этого места, когда она появится",
    uploaded: "Загружен: {name}",
    failed: "Не удалось загрузить. Попробуйте ещё раз.",
    tooLarge: "Файл слишком большой: можно не больше {limit}.",
    mostFiles: "Файлов уже {most}, больше приложить нельзя.",
    tooMany: "Слишком много файлов подряд. Подождите немного и попробуйте ещё раз.",
    retry: "Повторить",
    cancel: "Отменить",
    waitForFiles: "Дождитесь загрузки файлов: отправим сразу после неё.",
    sending: "Отправляем…",
    error: "Ошибка:",
    effortRuns: "Проверяем, что это не программа…",
    effortDone: "Проверка пройдена",
    adviceTopic: "Похоже, тема обращения:",
    adviceFree: "Тему определим мы сами, выбирать её не нужно.",
    adviceBody: "Такие обращения мы обычно направляем сюда:",
    adviceSent: "Напишите нам, и мы перешлём, или обратитесь туда сразу.",
    adviceAnswer: "На похожий вопрос уже есть ответ:",
    newTab: "(откроется в новой вкладке)",
    checkFields: "Проверьте, что вы ввели",
    stepNext: "Дальше",
    stepBack: "Назад",
    bytes: ["байт", "КБ", "МБ", "ГБ"],
    characters: { one: "{n} знак", few: "{n} знака", many: "{n} знаков", other: "{n} знака" },
    draftFound: "Мы сохранили текст, который вы не отправили {when}.",
    draftRestore: "Вернуть текст",
    draftDiscard: "Удалить сохранённое",
    draftSaved: "Черновик сохранён на этом устройстве в {time}",
    draft_saved: "Черновик сохранён в {time}",
    typedRefused: "На сервере не сохранено: задание изменилось. Текст остаётся в этом браузере.",
    draft_offline: "Нет связи: сохранено в этом браузере в {time}",
    draft_nowhere: "Нет связи, и браузер не даёт сохранить текст. Не закрывайте страницу.",
    draft_sent: "Обращение с этим текстом уже отправлено",
    draft_elsewhere: "Черновик изменён на другом устройстве в {time}. Ваш текст сохранён в этом браузере.",
    draftTheirs: "Открыть тот текст",
    draftMine: "Оставить мой",
    draftCode: "Код, по которому черновик откроется на другом устройстве:",
    notSent: "Обращение не отправлено: сервер не ответил. Всё, что вы написали, сохранено. Нажмите кнопку ещё раз, второе обращение не появится.",
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
    uploadBroken: "No connection: we will go on from here when it is back",
    uploaded: "Uploaded: {name}",
    failed: "The upload failed. Please try again.",
    tooLarge: "The file is too large: at most {limit} is allowed.",
    mostFiles: "The limit of files is reached: {most}.",
    tooMany: "Too many files in a row. Wait a little and try again.",
    retry: "Try again",
    cancel: "Cancel",
    waitForFiles: "Files are still uploading: we will send as soon as they are here.",
    sending: "Sending…",
    error: "Error:",
    effortRuns: "Checking that this is no program…",
    effortDone: "The check is passed",
    adviceTopic: "It seems to be about:",
    adviceFree: "We find the topic ourselves; you need not choose it.",
    adviceBody: "We usually send such appeals to:",
    adviceSent: "Write to us and we will send it on, or go there at once.",
    adviceAnswer: "A similar question has been answered:",
    newTab: "(opens in a new tab)",
    checkFields: "Please check what you entered",
    stepNext: "Next",
    stepBack: "Back",
    bytes: ["bytes", "KB", "MB", "GB"],
    characters: { one: "{n} character", other: "{n} characters" },
    draftFound: "We kept the text you did not send on {when}.",
    draftRestore: "Bring the text back",
    draftDiscard: "Delete what was kept",
    draftSaved: "Draft kept on this device at {time}",
    draft_saved: "Draft saved at {time}",
    typedRefused: "Not kept on the server: the task has changed. The text stays in this browser.",
    draft_offline: "No connection: kept in this browser at {time}",
    draft_nowhere: "No connection, and the browser does not let us keep the text. Do not close the page.",
    draft_sent: "The appeal with this text has been sent already",
    draft_elsewhere: "The draft was changed on another device at {time}. Your text is kept in this browser.",
    draftTheirs: "Open that text",
    draftMine: "Keep mine",
    draftCode: "The code that opens the draft on another device:",
    notSent: "The appeal was not sent: the server did not answer. All you wrote is kept. Press the button again; there will be no second appeal.",
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

/** A file's name to show, without unseen marks that could disguise it; the server drops them too. */
export function fileName(name) {
  return name.normalize("NFC").replace(/(?! )[\p{C}\p{Z}]/gu, "").trim() || "file";
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
