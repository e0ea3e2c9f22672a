-- The part of Outline's tables that the mapping reads, written anew for this example; names and types as in Outline (README.md says where from).
CREATE TABLE teams (id uuid NOT NULL, name varchar(255), "createdAt" timestamptz NOT NULL, "deletedAt" timestamptz);
CREATE TABLE users (
    id uuid NOT NULL, email varchar(255), name varchar(255) NOT NULL, "teamId" uuid, "isAdmin" boolean DEFAULT false,
    "isViewer" boolean DEFAULT false NOT NULL, "createdAt" timestamptz NOT NULL, "suspendedAt" timestamptz, "lastActiveAt" timestamptz, "deletedAt" timestamptz
);
CREATE TABLE groups (id uuid NOT NULL, name varchar(255) NOT NULL, "teamId" uuid NOT NULL, "createdAt" timestamptz NOT NULL, "deletedAt" timestamptz);
CREATE TABLE group_users ("userId" uuid NOT NULL, "groupId" uuid NOT NULL, "createdAt" timestamptz NOT NULL, "deletedAt" timestamptz);
CREATE TABLE collections (id uuid NOT NULL, name varchar(255), "teamId" uuid NOT NULL, permission varchar(255), "deletedAt" timestamptz);
CREATE TABLE collection_groups (
    "collectionId" uuid NOT NULL, "groupId" uuid NOT NULL, permission varchar(255) NOT NULL, "createdAt" timestamptz NOT NULL, "deletedAt" timestamptz
);
CREATE TABLE documents (
    id uuid NOT NULL, "urlId" varchar(255) NOT NULL, title varchar(255) NOT NULL, "teamId" uuid, "collectionId" uuid, template boolean DEFAULT false NOT NULL,
    "publishedAt" timestamptz, "archivedAt" timestamptz, "deletedAt" timestamptz
);
CREATE TABLE events (id uuid NOT NULL, name varchar(255) NOT NULL, "actorId" uuid, "teamId" uuid, "documentId" uuid, "createdAt" timestamptz NOT NULL);
