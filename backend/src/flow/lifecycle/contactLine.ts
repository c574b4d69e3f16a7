/** How to reach the office, by what the workspace has said about itself. */
export const contactLine =
  '{% if workspace.phone != "" %}Call us at [{{ workspace.phone }}](tel:{{ workspace.phone | remove: " " | remove: "(" | remove: ")" | remove: "-" }}) or just reply to this e-mail.{% else %}Just reply to this e-mail.{% endif %}';

export const signature = `Warm regards,
The team at {{ workspace.name }}`;
