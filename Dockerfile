# One image for every service; the first word of the command chooses: control-plane, data-plane, migrate, sample-backend, example.
# Builds with any Docker builder: no BuildKit features.

FROM node:24-bookworm-slim AS build
WORKDIR /causeway
COPY . .
RUN npm ci --no-audit --no-fund
RUN npm run build
# Again without what only builds and tests need. The launcher's embedded Postgres is not part of the image.
RUN rm -rf node_modules && npm ci --omit=dev --no-audit --no-fund --workspace apps/control-plane --workspace apps/data-plane
RUN mkdir /image \
 && cp -a --parents package.json node_modules /image \
 && cp -a --parents libs/*/package.json libs/*/dist migrations/package.json migrations/dist /image \
 && cp -a --parents apps/control-plane/package.json apps/control-plane/dist apps/data-plane/package.json apps/data-plane/dist /image \
 && cp -a --parents apps/standalone/package.json apps/standalone/dist apps/standalone/example apps/standalone/entrypoint.sh /image \
 && rm -r /image/libs/test-stores \
 && find /image -path /image/node_modules -prune -o \( -name '*.spec.*' -o -name '.tsbuildinfo' \) -exec rm {} +

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    CAUSEWAY_DATA_DIR=/var/lib/causeway
RUN mkdir -p /var/lib/causeway && chown node:node /var/lib/causeway
WORKDIR /causeway
COPY --from=build /image ./
USER node
EXPOSE 8080 9000
ENTRYPOINT ["sh", "/causeway/apps/standalone/entrypoint.sh"]
CMD ["data-plane"]
