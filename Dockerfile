# The image of bin/provost-core: API and worker, without embedded servers.
# Build it with `make image`; docker-compose.yml runs it.

FROM node:20.20.2-bookworm-slim AS console
WORKDIR /src/ui
COPY ui/package.json ui/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY ui/ ./
# The designer speaks the language of bpm and begins with its templates.
COPY bpm/idm.json ../bpm/idm.json
COPY bpm/template ../bpm/template
RUN npm run build

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=console /src/ui/dist ui/dist
ARG VERSION=dev
RUN CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -trimpath \
    -ldflags "-s -w -X provost/internal/cli.Version=${VERSION}" \
    -o /provost-core ./cmd/provost-core

# Alpine for its CA certificates, and for wget, which the health check needs.
FROM alpine:3.22.2
RUN apk add --no-cache tzdata \
    && adduser -D -H -u 10001 provost \
    && install -d -o provost -g provost -m 0700 /var/lib/provost
COPY --from=build /provost-core /usr/local/bin/provost-core
USER 10001
ENV PROVOST_DATA=/var/lib/provost \
    PROVOST_HTTP=:8080
VOLUME /var/lib/provost
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=6 \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["provost-core"]
CMD ["serve"]
