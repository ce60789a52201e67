//! The connection form, and what a portal sets from the start.

use super::{Effect, State};
use crate::app::config::Config;
use crate::app::route::{Link, Route};
use crate::driver::Target;
use crate::s3::Provider;

impl State {
    /// What `config.json` says; a mistake in it is shown, and nothing of it used.
    pub(super) fn configured(&mut self, config: Result<Config, String>) -> Vec<Effect> {
        let config = match config {
            Ok(config) => config,
            Err(mistake) => {
                self.config_mistake = Some(mistake);
                return Vec::new();
            }
        };
        apply(&mut self.form, &config.form);
        // A link names its own place.
        match &self.route {
            Route::Connect(link) => apply(&mut self.form, link),
            Route::Browse { bucket, prefix } => {
                (self.form.bucket, self.form.prefix) = (bucket.clone(), prefix.clone());
            }
            Route::Bucket { bucket } if !bucket.is_empty() => self.form.bucket.clone_from(bucket),
            _ => {}
        }
        self.config = config;
        self.use_presets()
    }

    /// A provider's preset fills the form.
    pub(super) fn choose_provider(&mut self, provider: Provider) {
        let preset = provider.preset();
        self.form.provider = provider;
        (self.form.region, self.form.style) = (preset.region.to_owned(), preset.style);
        if !preset.endpoint.is_empty() {
            self.form.endpoint = preset.endpoint.to_owned();
        }
    }

    /// One of the profiles of a credentials file fills the form.
    pub(super) fn choose_profile(&mut self, profile: usize) {
        self.profile = profile;
        if let Some(region) = self.profiles.get(profile).and_then(|profile| profile.region.clone()) {
            self.form.region = region;
        }
    }

    /// What a portal says of formats, and the public key of a drop-box.
    fn use_presets(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let first = self.config.formats.first().copied();
        if let Some(format) = first.filter(|_| !self.config.formats.contains(&self.format)) {
            effects.extend(self.choose_format(format));
        }
        if let Some(key) = &self.config.public_key {
            self.activate_next = true;
            effects.push(Effect::Send(key.intent()));
        }
        effects
    }
}

/// Fills the form with what a link or the portal's presets name.
pub(super) fn apply(form: &mut Target, link: &Link) {
    if let Some(provider) = link.provider {
        let preset = provider.preset();
        form.provider = provider;
        form.endpoint = preset.endpoint.to_owned();
        (form.region, form.style) = (preset.region.to_owned(), preset.style);
    }
    for (field, value) in [
        (&mut form.endpoint, &link.endpoint),
        (&mut form.region, &link.region),
        (&mut form.bucket, &link.bucket),
        (&mut form.prefix, &link.prefix),
    ] {
        if let Some(value) = value {
            field.clone_from(value);
        }
    }
    if let Some(style) = link.style {
        form.style = style;
    }
}
