"""The pages: each module the views of one part of the site. A view reads, or calls one act, and shows a template."""
