// The letter goes to the body's own script, which asks the signatory's plug-in; the signature comes
// back as a file of the form.  The contract is in docs/signing.md.

export function signHook(form) {
  const button = form.querySelector("[data-sign]");
  const trouble = form.querySelector("[data-sign-error]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    trouble.hidden = true;
    try {
      const answer = await fetch(form.dataset.letter);
      if (!answer.ok) throw new Error(String(answer.status));
      const content = await answer.arrayBuffer();
      const { sign } = await import(form.dataset.hook);
      const signature = await sign({ content, name: form.dataset.name });
      const files = new DataTransfer();
      files.items.add(new File([signature], `${form.dataset.name}.sig`));
      form.querySelector("input[type=file]").files = files.files;
      form.requestSubmit();
    } catch (error) {
      trouble.textContent = `${form.dataset.failed} ${error.message}`;
      trouble.hidden = false;
      button.disabled = false;
    }
  });
}
