DROP TABLE preparation_files;
DROP TABLE preparations;
