// A pane with the questions in docs/questions. A click opens a question in a new tab.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useState } from "react";
import chapters from "../../docs/questions/chapters.json";

// The names of folders and files define the order: the keys of a glob are sorted.
const files = import.meta.glob("../../docs/questions/*/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
const questions = Object.entries(files).map(([path, text]) => {
  const [line, ...query] = text.split("\n");
  return { chapter: path.split("/").at(-2), title: line.replace(/^#\s*/, ""), query: query.join("\n") };
});

/** The query with the question as a comment and as the name of the operation, which is also the name of the tab. */
export function named(title, query) {
  const words = title.normalize("NFD").match(/[A-Za-z0-9]+/g) ?? [];
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
  const text = query.trim();
  return `# ${title}\n${text.startsWith("{") ? `query ${/^\d/.test(name) ? `Q${name}` : name} ${text}` : text}\n`;
}

function Questions() {
  const editor = useGraphiQL((state) => state.queryEditor);
  const { addTab, run } = useGraphiQLActions();
  const [wanted, setWanted] = useState("");
  const open = ({ title, query }) => {
    addTab();
    editor?.setValue(named(title, query));
    // The operation is known once the editor has read the text.
    setTimeout(run, 400);
  };
  const found = questions.filter(({ title }) => title.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <div className="questions">
      <h2>Questions</h2>
      <input
        type="search"
        aria-label="Find a question"
        placeholder="Find a question"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      {Object.entries(chapters).map(([chapter, title]) => {
        const own = found.filter((question) => question.chapter === chapter);
        return own.length === 0 ? null : (
          <section key={chapter}>
            <h3>{title}</h3>
            <ul>
              {own.map((question) => (
                <li key={question.title}>
                  <button type="button" onClick={() => open(question)}>
                    {question.title}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      {found.length === 0 && <p>No matching questions.</p>}
    </div>
  );
}

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    <circle cx="12" cy="12" r="10" />
    <path d="M9 9.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2 1-1.2 1.8v.5" strokeLinecap="round" />
    <circle cx="12" cy="17.5" r=".6" fill="currentColor" />
  </svg>
);

export const QUESTIONS = { title: "Questions", icon: Icon, content: Questions };
