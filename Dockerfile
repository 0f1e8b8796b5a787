# One image for all processes; docker-compose.yml names them.
FROM node:22-slim AS libraries
WORKDIR /tandem
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts

FROM python:3.13-slim
WORKDIR /tandem
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TANDEM_DATA=/data HOST=0.0.0.0
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
COPY --from=libraries /tandem/node_modules node_modules
# The settings ask for servers and secrets; collecting files needs none of them.
RUN python -c "from config.translations import compile_all; compile_all()" \
    && DATABASE_URL=postgresql://none/none REDIS_URL=redis://none SECRET_KEY=none \
       FIELD_KEYS=MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA= \
       python manage.py collectstatic --noinput --verbosity 0
RUN useradd --system tandem && mkdir /data && chown tandem /data
USER tandem
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "config.launch.web"]
