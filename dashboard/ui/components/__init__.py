"""Small scripts of the page, each a Streamlit component of its own."""
