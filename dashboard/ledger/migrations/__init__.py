"""Steps from one version of the ledger to the next; a step that was released is never edited."""
