"use strict";
// A chosen file goes up at once, with its progress; the list comes back from the server.
(() => {
  const input = document.querySelector("[data-upload]");
  if (!input) return;
  const form = document.getElementById("upload-form");
  const list = document.querySelector("[data-attachments]");
  const progress = document.querySelector("[data-upload-progress]");
  const token = () => {
    const cookie = document.cookie.split("; ").find((one) => one.startsWith(`${input.dataset.csrfCookie}=`));
    return cookie ? cookie.split("=")[1] : form.elements.namedItem("csrfmiddlewaretoken").value;
  };
  document.querySelector("[data-upload-button]").hidden = true;

  function line(file) {
    const row = document.createElement("div");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    row.className = "upload-row";
    name.textContent = file.name;
    bar.max = 100;
    bar.value = 0;
    row.append(name, bar);
    progress.append(row);
    return { row, name, bar };
  }
  function fail(shown, words) {
    shown.bar.remove();
    shown.row.classList.add("field-error");
    shown.name.textContent = words;
  }

  function upload(file) {
    const shown = line(file);
    if (file.size > Number(input.dataset.max)) {
      fail(shown, `${file.name}：${input.dataset.sayTooLarge}`);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const data = new FormData();
      data.append("upload", file);
      request.open("POST", form.action);
      request.setRequestHeader("X-CSRFToken", token());
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) shown.bar.value = (event.loaded / event.total) * 100; });
      request.addEventListener("load", () => {
        const fragment = request.responseText;
        if (request.status === 200 && request.responseURL.startsWith(form.action.split("?")[0])) { list.innerHTML = fragment; shown.row.remove(); }
        else if (request.status === 400 || request.status === 409 || request.status === 403) fail(shown, textOf(fragment));
        else fail(shown, `${file.name}：${input.dataset.sayFailed}`);
        resolve();
      });
      request.addEventListener("error", () => { fail(shown, `${file.name}：${input.dataset.sayFailed}`); resolve(); });
      request.send(data);
    });
  }
  const textOf = (html) => new DOMParser().parseFromString(html, "text/html").querySelector(".field-error, .toast-body")?.textContent.trim() || input.dataset.sayFailed;

  input.addEventListener("change", async () => {
    progress.replaceChildren();
    const files = [...input.files];
    input.value = "";
    for (const file of files) await upload(file);
  });
  list.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-delete-attachment]");
    if (!button) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const response = await fetch(button.formAction, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
      if (response.ok) list.innerHTML = await response.text();
      else button.disabled = false;
    } catch { button.disabled = false; }
  });
})();
