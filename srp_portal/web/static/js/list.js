// Lists: suggestions for the filter's names, fetched when a field is first used; empty fields of
// the filter are left out of the address.

async function fill(options) {
  const response = await fetch(options.dataset.names, { headers: { Accept: "application/json" } });
  if (!response.ok) return;
  const document_ = await response.json();
  const names = Object.values(document_).find(Array.isArray) ?? [];
  const texts = names.map((entry) => (typeof entry === "string" ? entry : entry.name));
  options.replaceChildren(
    ...texts.map((text) => {
      const option = document.createElement("option");
      option.value = text;
      return option;
    }),
  );
}

for (const form of document.querySelectorAll(".filter-form")) {
  form.addEventListener("focusin", (event) => {
    const options = event.target.list;
    if (!options || options.dataset.isAsked) return;
    options.dataset.isAsked = "yes";
    // Suggestions are a convenience: without them the field takes what is typed.
    fill(options).catch(() => options.replaceChildren());
  });
  form.addEventListener("submit", () => {
    for (const field of form.querySelectorAll("input, select")) {
      if (field.name && !field.value.trim()) field.disabled = true;
    }
  });
}
