drop table text_folding;
