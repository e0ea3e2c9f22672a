-- The part of Mayan EDMS's tables that the mapping reads, written anew for this example; names and types as in Mayan (README.md says where from).
CREATE TABLE auth_user (
    id integer NOT NULL, password varchar(128) NOT NULL, last_login timestamptz, is_superuser boolean NOT NULL, username varchar(150) NOT NULL,
    first_name varchar(150) NOT NULL, last_name varchar(150) NOT NULL, email varchar(254) NOT NULL, is_staff boolean NOT NULL, is_active boolean NOT NULL,
    date_joined timestamptz NOT NULL
);
CREATE TABLE auth_group (id integer NOT NULL, name varchar(150) NOT NULL);
CREATE TABLE auth_user_groups (id integer NOT NULL, user_id integer NOT NULL, group_id integer NOT NULL);
CREATE TABLE django_content_type (id integer NOT NULL, app_label varchar(100) NOT NULL, model varchar(100) NOT NULL);
CREATE TABLE actstream_action (
    id integer NOT NULL, actor_object_id varchar(255) NOT NULL, verb varchar(255) NOT NULL, description text, target_object_id varchar(255),
    action_object_object_id varchar(255), timestamp timestamptz NOT NULL, public boolean NOT NULL, action_object_content_type_id integer,
    actor_content_type_id integer NOT NULL, target_content_type_id integer
);
CREATE TABLE documents_documenttype (id integer NOT NULL, label varchar(196) NOT NULL);
CREATE TABLE documents_document (
    id integer NOT NULL, uuid uuid NOT NULL, document_type_id integer NOT NULL, label varchar(255) NOT NULL, description text NOT NULL,
    datetime_created timestamptz NOT NULL, language varchar(8) NOT NULL, in_trash boolean NOT NULL, trashed_date_time timestamptz, is_stub boolean NOT NULL
);
CREATE TABLE documents_documentfile (id integer NOT NULL, document_id integer NOT NULL, timestamp timestamptz NOT NULL, filename varchar(255) NOT NULL);
CREATE TABLE document_signatures_signaturebasemodel (
    id integer NOT NULL, document_file_id integer NOT NULL, date_time timestamptz, key_id varchar(40) NOT NULL, signature_id varchar(64),
    public_key_fingerprint varchar(40)
);
CREATE TABLE metadata_metadatatype (id integer NOT NULL, name varchar(48) NOT NULL, label varchar(48) NOT NULL);
CREATE TABLE metadata_documentmetadata (id integer NOT NULL, document_id integer NOT NULL, metadata_type_id integer NOT NULL, value varchar(255));
