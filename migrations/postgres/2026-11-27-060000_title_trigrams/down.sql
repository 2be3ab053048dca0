drop index if exists episode_title_trigrams;
