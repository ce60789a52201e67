//! What an upload asked of the storage, between the request and its record in the browser, which holds no secret.

use super::Problem;
use crate::s3::{CustomerKey, SseKind, SseRequest};
use crate::transfer::SseWish;

/// The wish, as it is kept.
pub(super) fn of(request: &SseRequest) -> SseWish {
    let wish = |kind: SseKind| SseWish {
        kind: kind.id().to_owned(),
        ..SseWish::default()
    };
    match request {
        // What does not exist is asked for by test objects only.
        SseRequest::BucketDefault | SseRequest::Unheard(_) => SseWish::default(),
        SseRequest::SseS3 => wish(SseKind::SseS3),
        SseRequest::SseKms { key_id, context, dsse } => SseWish {
            key_id: key_id.clone(),
            context: context.clone(),
            ..wish(if *dsse { SseKind::DsseKms } else { SseKind::SseKms })
        },
        SseRequest::SseC(key) => SseWish {
            customer_key_md5: Some(key.md5_base64()),
            ..wish(SseKind::SseC)
        },
    }
}

/// The request to go on with. SSE-C needs the very key again, among those `held`.
///
/// # Errors
/// [`Problem::CustomerKeyOfUpload`] without it.
pub(super) fn request(wish: &SseWish, held: &[CustomerKey]) -> Result<SseRequest, Problem> {
    let kms = |dsse| SseRequest::SseKms {
        key_id: wish.key_id.clone(),
        context: wish.context.clone(),
        dsse,
    };
    Ok(match SseKind::from_id(&wish.kind).unwrap_or_default() {
        SseKind::BucketDefault => SseRequest::BucketDefault,
        SseKind::SseS3 => SseRequest::SseS3,
        SseKind::SseKms => kms(false),
        SseKind::DsseKms => kms(true),
        SseKind::SseC => {
            let key = held.iter().find(|key| is_key_of(wish, key));
            SseRequest::SseC(key.cloned().ok_or(Problem::CustomerKeyOfUpload)?)
        }
    })
}

/// Whether ETags say nothing about the bytes: with these, they are no MD5.
pub(super) fn hides_md5(wish: &SseWish) -> bool {
    matches!(
        SseKind::from_id(&wish.kind),
        Some(SseKind::SseKms | SseKind::DsseKms | SseKind::SseC)
    )
}

/// Whether the upload was begun with this SSE-C key.
pub(super) fn is_key_of(wish: &SseWish, key: &CustomerKey) -> bool {
    wish.customer_key_md5.as_deref() == Some(&key.md5_base64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wish_is_gone_on_with_and_a_customers_key_is_asked_for_again() {
        let key = CustomerKey([7; 32]);
        let kms = |dsse| SseRequest::SseKms {
            key_id: Some("k".into()),
            context: Some("{}".into()),
            dsse,
        };
        let own = SseRequest::SseC(key.clone());
        for asked in [SseRequest::BucketDefault, SseRequest::SseS3, kms(false), kms(true)] {
            assert_eq!(request(&of(&asked), &[]), Ok(asked));
        }
        let wish = of(&own);
        assert_eq!(request(&wish, &[]), Err(Problem::CustomerKeyOfUpload));
        assert_eq!(
            request(&wish, &[CustomerKey([8; 32])]),
            Err(Problem::CustomerKeyOfUpload)
        );
        assert_eq!(request(&wish, &[CustomerKey([8; 32]), key]), Ok(own));
        assert!(hides_md5(&wish) && hides_md5(&of(&kms(true))));
        assert!(!hides_md5(&of(&SseRequest::SseS3)) && !hides_md5(&SseWish::default()));
        assert!(!format!("{wish:?}").contains("BwcH"), "the key itself is not kept");
    }
}
