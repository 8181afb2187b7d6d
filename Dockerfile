# One image for every service; the first word of the command chooses: control-plane, data-plane, migrate, sample-backend, example.
# Builds with any Docker builder: no BuildKit features.

# What an installation depends on, and nothing else: the stages that install start from it and are built again only when it changes.
FROM node:24-bookworm-slim AS manifests
WORKDIR /causeway
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete && find . -type d -empty -delete

# What the services need at run time. The embedded Postgres of the launcher and of tests is not among it, and npm cannot know.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /causeway
COPY --from=manifests /causeway ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund \
      --workspace apps/control-plane --workspace apps/data-plane --workspace apps/standalone \
 && rm -rf node_modules/@electric-sql

FROM node:24-bookworm-slim AS build
WORKDIR /causeway
COPY --from=manifests /causeway ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build
RUN mkdir /image \
 && cp -a --parents libs/*/dist migrations/dist apps/control-plane/dist apps/data-plane/dist /image \
 && cp -a --parents apps/standalone/dist apps/standalone/example apps/standalone/entrypoint.sh /image \
 && rm -r /image/libs/test-stores /image/libs/embedded-postgres \
 && find /image \( -name '*.spec.*' -o -name .tsbuildinfo \) -delete

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    CAUSEWAY_DATA_DIR=/var/lib/causeway
RUN mkdir -p /var/lib/causeway && chown node:node /var/lib/causeway
WORKDIR /causeway
COPY --from=dependencies /causeway ./
COPY --from=build /image ./
USER node
EXPOSE 8080 9000
ENTRYPOINT ["sh", "/causeway/apps/standalone/entrypoint.sh"]
CMD ["data-plane"]
